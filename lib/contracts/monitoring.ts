import type { Construct } from "../framework";

/** Logs, metrics, dashboards and alerts. */
export interface IMonitoring extends Construct {
  /** Where a person looks. */
  readonly dashboardUri: string;
  /** Where metrics are read in the Prometheus text form; null where the platform collects them itself. */
  readonly metricsUri: string | null;
}
