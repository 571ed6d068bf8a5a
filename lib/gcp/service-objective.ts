import type { MonitoringProps } from "../contracts/monitoring";
import { UserError } from "../core/errors";
import { Construct } from "../framework";
import { mailChannels } from "./alerts";
import { MonitoringAlertPolicy, MonitoringCustomService, MonitoringSlo } from "./bindings";
import type { GcpEstate } from "./estate";
import { type ServedMetrics, servedMetrics } from "./parts/served-metrics";

/** Most that can be promised: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/services.serviceLevelObjectives. */
const MAX_GOAL = 0.999;
const PERIOD_DAYS = 28;
/**
 * How many times faster than evenly the errors that are allowed are used up: in a month's two days at this rate nothing is
 * left. https://sre.google/workbook/alerting-on-slos/
 */
const FAST_BURN = 14.4;

/**
 * How fast that is for a goal, 1 is evenly. Nothing burns faster than everything failing, 1 / (1 - goal): a warning above it
 * would never come, so below a goal of about 0.965 it comes when half of all predictions fail.
 */
function fastBurn(goal: number): number {
  return Math.min(FAST_BURN, Number((0.5 / (1 - goal)).toPrecision(6)));
}

/** What is promised of production: the share of good predictions, and a warning while the rest is used up too fast. */
export class GcpServiceObjective extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitoringProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const metrics = servedMetrics(estate, props.production);
    if (metrics !== undefined) this.promise(metrics);
  }

  private promise({ filters }: ServedMetrics): void {
    const { estate } = this;
    const { availabilityObjective: goal, alerts } = this.props;
    if (goal > MAX_GOAL) {
      throw new UserError({
        where: "monitoring.availabilityObjective",
        message: `is ${goal}; Cloud Monitoring takes at most ${MAX_GOAL}`,
        fix: `Use ${MAX_GOAL}`,
      });
    }
    const service = new MonitoringCustomService(this, "Service", {
      serviceId: estate.name("monitoringService", "serving"),
      displayName: `${estate.settings.environment}: predictions`,
      userLabels: estate.labels(this),
    });
    const objective = new MonitoringSlo(this, "Objective", {
      service: service.serviceId,
      sloId: "availability",
      displayName: `${Number((goal * 100).toPrecision(12))} % of predictions are good over ${PERIOD_DAYS} days`,
      goal,
      rollingPeriodDays: PERIOD_DAYS,
      requestBasedSli: {
        goodTotalRatio: { totalServiceFilter: filters.requests, badServiceFilter: filters.failures },
      },
      userLabels: estate.labels(this),
    });
    this.warn(objective, mailChannels(this, alerts.email, estate));
  }

  private warn(objective: MonitoringSlo, notificationChannels: string[]): void {
    const { environment } = this.estate.settings;
    const title = "The errors that are allowed in a month are used up too fast";
    new MonitoringAlertPolicy(this, "FastBurn", {
      displayName: `${environment}: ${title}`,
      severity: "CRITICAL",
      combiner: "OR",
      enabled: true,
      conditions: [
        {
          displayName: title,
          conditionThreshold: {
            filter: `select_slo_burn_rate("${objective.name}", "3600s")`,
            comparison: "COMPARISON_GT",
            thresholdValue: fastBurn(this.props.availabilityObjective),
            duration: "0s",
            trigger: { count: 1 },
          },
        },
      ],
      notificationChannels,
      documentation: {
        subject: `${environment}: ${title}`,
        content: `**What next:** stop releases, and undo the last one if it is of the last hour: \`mlops release ${environment} PROJECT --rollback\`.`,
        mimeType: "text/markdown",
      },
      alertStrategy: { autoClose: "1800s", notificationPrompts: ["OPENED", "CLOSED"] },
      userLabels: this.estate.labels(this),
    });
  }
}
