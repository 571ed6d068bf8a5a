import type { BudgetProps, IBudget } from "../contracts/budget";
import { UserError } from "../core/errors";
import { Construct } from "../framework";
import { mailChannels } from "./alerts";
import { BillingBudget } from "./bindings";
import type { GcpEstate } from "./estate";

/** https://cloud.google.com/billing/docs/how-to/budgets-notification-recipients#cloud-monitoring-notifications */
const MOST_CHANNELS = 5;

/** What the environment's project may cost in a month. Nothing is switched off when it costs more: people are told. */
export class GcpBudget extends Construct implements IBudget {
  readonly reference: string;

  constructor(scope: Construct, id: string, props: BudgetProps, estate: GcpEstate) {
    super(scope, id);
    const { billingAccount = "", projectNumber, organisation, environment } = estate.settings;
    const { monthly, currency, alertAt, email = [] } = props;
    if (email.length > MOST_CHANNELS) {
      throw new UserError({
        where: "monitoring.alerts.email",
        message: `has ${email.length} addresses; a budget on Google Cloud writes to at most ${MOST_CHANNELS}`,
        fix: "Give a group's address",
      });
    }
    const units = Math.floor(monthly);
    const nanos = Math.round((monthly - units) * 1e9);
    const budget = new BillingBudget(this, "Budget", {
      billingAccount,
      displayName: `${organisation} ${environment}`.slice(0, 60),
      ownershipScope: "BILLING_ACCOUNT",
      amount: {
        specifiedAmount: { currencyCode: currency, units: String(units), ...(nanos > 0 ? { nanos } : {}) },
      },
      budgetFilter: {
        projects: [`projects/${projectNumber}`],
        calendarPeriod: "MONTH",
        creditTypesTreatment: "INCLUDE_ALL_CREDITS",
      },
      thresholdRules: thresholds(alertAt),
      ...(email.length > 0
        ? {
            allUpdatesRule: {
              monitoringNotificationChannels: mailChannels(this, email, estate),
              // The account's administrators are told too: it is their bill.
              disableDefaultIamRecipients: false,
              schemaVersion: "1.0",
            },
          }
        : {}),
    });
    this.reference = budget.name;
  }
}

/** Each threshold when it is reached, and the highest also as soon as the month is expected to end above it. */
function thresholds(alertAt: readonly number[]) {
  const reached = alertAt.map((percent) => ({ thresholdPercent: percent / 100, spendBasis: "CURRENT_SPEND" }));
  if (alertAt.length === 0) return reached;
  return [...reached, { thresholdPercent: Math.max(...alertAt) / 100, spendBasis: "FORECASTED_SPEND" }];
}
