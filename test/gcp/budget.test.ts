import type { BudgetProps } from "../../lib/contracts/budget";
import type { MonitoringProps } from "../../lib/contracts/monitoring";
import { isLacking } from "../../lib/contracts/provided";
import { onGcp, only, PRODUCTION, resources } from "./support";

const EMAIL = ["ml@acme.example", "oncall@acme.example"];
const WATCHED: MonitoringProps = {
  retentionDays: 90,
  alerts: {
    email: EMAIL,
    maxErrorRate: 0.01,
    maxP95Ms: 250,
    minDiskFreeShare: 0.1,
    noTrafficMinutes: 30,
    maxQueueAgeMinutes: 45,
    gpuIdleMinutes: 90,
  },
  availabilityObjective: 0.995,
  production: "kubernetes",
};

function budgeted(changes: Partial<BudgetProps> = {}, monitoring = false) {
  return onGcp(({ platform, layer }) => {
    if (monitoring) platform.monitoring(layer("observability"), "Monitoring", WATCHED);
    const props = { monthly: 800, currency: "USD", alertAt: [50, 90, 100], email: EMAIL, ...changes };
    const budget = platform.budget(layer("observability"), "Budget", props);
    if (isLacking(budget)) throw new Error(budget.lacking);
    layer("observability").addOutput("budget", budget.reference, "Looked at below.");
  }).observability;
}

describe("the budget", () => {
  test("is of the environment's project, and tells at each share and before the month ends above it", () => {
    expect(only(budgeted(), "google_billing_budget")).toMatchObject({
      billing_account: PRODUCTION.billingAccount,
      amount: { specified_amount: { currency_code: "USD", units: "800" } },
      budget_filter: { projects: ["projects/100000000009"], calendar_period: "MONTH" },
      threshold_rules: [
        { threshold_percent: 0.5, spend_basis: "CURRENT_SPEND" },
        { threshold_percent: 0.9, spend_basis: "CURRENT_SPEND" },
        { threshold_percent: 1, spend_basis: "CURRENT_SPEND" },
        { threshold_percent: 1, spend_basis: "FORECASTED_SPEND" },
      ],
    });
  });

  test("keeps what is below a whole unit of money", () => {
    const { amount } = only(budgeted({ monthly: 99.5 }), "google_billing_budget");
    expect(amount).toEqual({ specified_amount: { currency_code: "USD", units: "99", nanos: 500_000_000 } });
  });

  test("writes to the same addresses as the alerts, by the same channels", () => {
    expect(resources(budgeted({}, true), "google_monitoring_notification_channel")).toHaveLength(2);
    expect(only(budgeted({ email: undefined }), "google_billing_budget")).not.toHaveProperty("all_updates_rule");
  });

  test("writes to five addresses at most", () => {
    const email = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}@acme.example`);
    expect(() => budgeted({ email })).toThrow(/at most 5/);
  });
});
