import type { Construct } from "../framework";

/** How predictions are logged. */
export interface PredictionLogging {
  /** Share of requests that are logged, 0 to 1. */
  readonly sample: number;
  readonly retentionDays: number;
  /** Names of inputs that are left out. */
  readonly redact: readonly string[];
}

/** How models are served, whatever serves them. */
export interface ModelServerProps {
  readonly logging: PredictionLogging;
}

/** The cheap scoring service of QA: like production, on one container or process. */
export interface IContainerService extends Construct {
  readonly uri: string;
}

/** Production serving: a stable and a canary version behind one address, with traffic weights owned by the release. */
export interface IModelEndpoint extends Construct {
  readonly uri: string;
}
