import { outputOf, switchedOff } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** What watches: logs, metrics, dashboards, alerts, the budget. */
export class ObservabilityStack extends PlatformStack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, "observability", props);
    const { budget, monitoring: watched, retraining, serving } = props.environment;
    const monitoring = this.platform.monitoring(this, "Monitoring", {
      ...watched,
      driftThreshold: retraining.drift?.threshold,
      production: serving.production.target,
    });
    const spending = budget
      ? this.platform.budget(this, "Budget", { ...budget, email: watched.alerts.email })
      : switchedOff("budget: none");

    this.publish({
      dashboardUri: outputOf(monitoring, ({ dashboardUri }) => dashboardUri),
      metricsUri: outputOf(monitoring, ({ metricsUri }) => metricsUri),
      budgetReference: outputOf(spending, ({ reference }) => reference),
    });
  }
}
