import type { IMonitoring, MonitoringProps } from "../contracts/monitoring";
import { Construct, Fn } from "../framework";
import { GcpAlerts } from "./alerts";
import { LoggingMetric, LoggingProjectBucketConfig, MonitoringDashboard } from "./bindings";
import type { GcpEstate } from "./estate";
import { GcpLogArchive } from "./log-archive";
import { dashboardJson } from "./parts/dashboard";
import { FAILED_RUN } from "./parts/log-filters";
import { GcpServiceObjective } from "./service-objective";

/** Logs, alerts, the dashboard, what is promised, and the archive. Metrics are kept by Cloud Monitoring itself, for two years. */
export class GcpMonitoring extends Construct implements IMonitoring {
  readonly dashboardUri: string;
  /** Cloud Monitoring collects by itself. */
  readonly metricsUri = null;

  constructor(scope: Construct, id: string, props: MonitoringProps, estate: GcpEstate) {
    super(scope, id);
    const { project } = estate.settings;
    // The bucket that each project has from its first day, and that cannot be removed. It lies everywhere, so a key of one
    // region cannot encrypt it: https://cloud.google.com/logging/docs/routing/managed-encryption-storage
    new LoggingProjectBucketConfig(this, "Logs", {
      project,
      location: "global",
      bucketId: "_Default",
      retentionDays: props.retentionDays,
      description: "Everything but audit logs of administration",
      locked: false,
    });
    // For the dashboard: an alert looks at the lines themselves.
    new LoggingMetric(this, "FailedRuns", {
      name: estate.name("logMetric", "failed-runs"),
      description: "Pipeline runs that failed",
      filter: FAILED_RUN,
      metricDescriptor: {
        metricKind: "DELTA",
        valueType: "INT64",
        unit: "1",
        displayName: "Pipeline runs that failed",
      },
    });
    new GcpAlerts(this, "Alerts", props, estate);
    new GcpServiceObjective(this, "Promise", props, estate);
    if (props.archive !== undefined) new GcpLogArchive(this, "Archive", props.archive, estate);
    const dashboard = new MonitoringDashboard(this, "Dashboard", { dashboardJson: dashboardJson(estate, props) });
    // projects/NUMBER/dashboards/ID
    const number = Fn.element(Fn.split("/", dashboard.id), 3);
    this.dashboardUri = `https://console.cloud.google.com/monitoring/dashboards/builder/${number}?project=${project}`;
  }
}
