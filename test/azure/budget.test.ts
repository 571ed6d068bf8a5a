import { AzureNames } from "../../lib/azure/parts/names";
import type { BudgetProps } from "../../lib/contracts/budget";
import { isLacking } from "../../lib/contracts/provided";
import { onAzure, only, PRODUCTION } from "./support";

const BUDGET = "azurerm_consumption_budget_subscription";
const NAMES = new AzureNames(PRODUCTION);

function budgeted(changes: Partial<BudgetProps> = {}) {
  return onAzure(({ platform, layer }) => {
    const email = ["ml@acme.example", "oncall@acme.example"];
    const props = { monthly: 800, currency: "USD", alertAt: [50, 90, 100], email, ...changes };
    const budget = platform.budget(layer("observability"), "Budget", props);
    if (isLacking(budget)) throw new Error(budget.lacking);
    layer("observability").addOutput("budget", budget.reference, "Looked at below.");
  }).observability;
}

describe("the budget", () => {
  test("is of the environment's groups alone, also of those that Azure makes for machines", () => {
    expect(only(budgeted(), BUDGET)).toMatchObject({
      subscription_id: `/subscriptions/${PRODUCTION.subscription}`,
      amount: 800,
      time_grain: "Monthly",
      filter: {
        dimension: [
          { name: "ResourceGroupName", values: [NAMES.resourceGroup, NAMES.nodeResourceGroup, "acme-test-apps"] },
        ],
      },
    });
  });

  test("tells at each share, and before the month ends above it", () => {
    expect(only(budgeted(), BUDGET).notification).toMatchObject([
      { threshold: 50, threshold_type: "Actual" },
      { threshold: 90, threshold_type: "Actual" },
      { threshold: 100, threshold_type: "Actual" },
      { threshold: 100, threshold_type: "Forecasted" },
    ]);
    const [first] = only(budgeted(), BUDGET).notification as readonly object[];
    expect(first).toMatchObject({ contact_emails: ["ml@acme.example", "oncall@acme.example"] });
  });

  test("begins with the month it is made in, and is the same on every day of a synthesis", () => {
    expect(only(budgeted(), BUDGET)).toMatchObject({
      time_period: {
        start_date: expect.stringMatching(/^\$\{formatdate\("YYYY-MM-01'T'00:00:00'Z'", plantimestamp\(\)\)\}$/),
      },
      lifecycle: { ignore_changes: ["time_period"] },
    });
    expect(JSON.stringify(budgeted())).toBe(JSON.stringify(budgeted()));
  });

  test("writes to the owners when no address is given", () => {
    const [first] = only(budgeted({ email: undefined }), BUDGET).notification as readonly object[];
    expect(first).toMatchObject({ contact_roles: ["Owner"] });
    expect(first).not.toHaveProperty("contact_emails");
  });

  test("says in its name which currency is meant: Azure takes the one that is billed in and no other", () => {
    expect(only(budgeted({ currency: "KRW" }), BUDGET).name).toBe("acme-test-krw");
    expect(budgeted()?.output.budget?.value).toBe(
      `/subscriptions/${PRODUCTION.subscription}/providers/Microsoft.Consumption/budgets/acme-test-usd`,
    );
  });

  test("takes no more shares and addresses than Azure does", () => {
    expect(() => budgeted({ alertAt: [10, 20, 30, 40, 50] })).toThrow(/1 to 4/);
    expect(() => budgeted({ alertAt: [] })).toThrow(/0 percentages/);
    expect(() => budgeted({ email: Array.from({ length: 51 }, (_, n) => `m${n}@acme.example`) })).toThrow(/at most 50/);
  });
});
