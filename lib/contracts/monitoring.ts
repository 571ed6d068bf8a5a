import type { Construct } from "../framework";

/** When people are told, and how long is remembered. */
export interface MonitoringProps {
  /** Days that logs and metrics are kept. */
  readonly retentionDays: number;
  readonly alerts: {
    /** Who is written to. */
    readonly email: readonly string[];
    /** Share of failed predictions, 0 to 1. */
    readonly maxErrorRate: number;
    /** 95th percentile of the latency, milliseconds. */
    readonly maxP95Ms: number;
    /** Share of free disk, 0 to 1. */
    readonly minDiskFreeShare: number;
    /** Minutes without a prediction that are too long; 0 watches nothing. */
    readonly noTrafficMinutes: number;
    /** Age of the oldest undelivered event, minutes. */
    readonly maxQueueAgeMinutes: number;
    /** Minutes that a GPU may stand idle. */
    readonly gpuIdleMinutes: number;
  };
  /** Share of good predictions that is promised over 28 days, 0 to 1. */
  readonly availabilityObjective: number;
  /** Distance above which inputs have drifted. @default - drift is not watched */
  readonly driftThreshold?: number;
  /** Logs that nobody can change for so many days. @default - none */
  readonly archive?: { readonly retentionDays: number; readonly locked: boolean };
  /** What serves production, so that the right numbers are watched. */
  readonly production: "kubernetes" | "managed" | "serverless" | "instance" | "process";
}

/** Logs, metrics, dashboards and alerts. */
export interface IMonitoring extends Construct {
  /** Where a person looks. */
  readonly dashboardUri: string;
  /** Where metrics are read in the Prometheus text form; null where the platform collects them itself. */
  readonly metricsUri: string | null;
}
