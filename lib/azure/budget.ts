import type { BudgetProps, IBudget } from "../contracts/budget";
import { UserError } from "../core/errors";
import { Construct, Fn } from "../framework";
import { ConsumptionBudgetSubscription } from "./bindings";
import type { AzureEstate } from "./estate";

/** https://learn.microsoft.com/en-us/rest/api/consumption/budgets/create-or-update */
const LIMITS = { notifications: 5, emails: 50 } as const;

/** Who is told when no address is given. */
const ACCOUNT_ROLES = ["Owner"];

/** The first moment of the month in which the budget is made. */
const FIRST_OF_MONTH = "YYYY-MM-01'T'00:00:00'Z'";

/**
 * What the environment's resource groups may cost in a month: its own, and those that Azure makes for the machines of the
 * cluster and of Container Apps, which is where most of the money goes. A budget is of one group or of a subscription, so it is
 * one of the subscription that counts these groups alone; who deploys needs `Cost Management Contributor` there.
 * Nothing is switched off when it costs more: people are told.
 *
 * Azure counts in the currency that the subscription is billed in and takes no other: `budget.currency` has to be that one.
 */
export class AzureBudget extends Construct implements IBudget {
  readonly reference: string;

  constructor(scope: Construct, id: string, props: BudgetProps, estate: AzureEstate) {
    super(scope, id);
    const { monthly, currency, alertAt, email = [] } = props;
    checkLimits(alertAt, email);
    const subscription = `/subscriptions/${estate.settings.subscription}`;
    // The currency stands in the name: it is said nowhere else, and a change of it is a change of what is meant.
    const name = estate.name("budget", currency.toLowerCase());
    new ConsumptionBudgetSubscription(this, "Budget", {
      name,
      subscriptionId: subscription,
      amount: monthly,
      timeGrain: "Monthly",
      // A month of the past is not taken, and the day of a synthesis must not change the plan: it is said when it is made.
      timePeriod: { startDate: Fn.formatdate(FIRST_OF_MONTH, Fn.plantimestamp()) },
      filter: {
        dimension: [
          {
            name: "ResourceGroupName",
            operator: "In",
            values: [estate.resourceGroup, estate.nodeResourceGroup, estate.name("resourceGroup", "apps")],
          },
        ],
      },
      notification: notifications(alertAt, email),
      lifecycle: { ignoreChanges: ["time_period"] },
    });
    this.reference = `${subscription}/providers/Microsoft.Consumption/budgets/${name}`;
  }
}

/** Each threshold when it is reached, and the highest also as soon as the month is expected to end above it. */
function notifications(alertAt: readonly number[], email: readonly string[]) {
  const to = email.length > 0 ? { contactEmails: [...email] } : { contactRoles: ACCOUNT_ROLES };
  const reached = alertAt.map((threshold) => ({ threshold, thresholdType: "Actual" }));
  const expected = { threshold: Math.max(...alertAt), thresholdType: "Forecasted" };
  return [...reached, expected].map((one) => ({ ...one, operator: "GreaterThanOrEqualTo", enabled: true, ...to }));
}

function checkLimits(alertAt: readonly number[], email: readonly string[]): void {
  const most = LIMITS.notifications - 1;
  if (alertAt.length === 0 || alertAt.length > most) {
    throw new UserError({
      where: "budget.alertAt",
      message: `has ${alertAt.length} percentages; a budget on Azure takes 1 to ${most}, and the forecast besides`,
      fix: "Give for example [50, 90, 100]",
    });
  }
  if (email.length > LIMITS.emails) {
    throw new UserError({
      where: "monitoring.alerts.email",
      message: `has ${email.length} addresses; a budget on Azure writes to at most ${LIMITS.emails}`,
      fix: "Give a group's address",
    });
  }
}
