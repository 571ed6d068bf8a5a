import type { Construct } from "../framework";
import type { IMetadataDatabase } from "./metadata-database";
import type { IObjectStore } from "./object-store";
import type { IWorkloadIdentity } from "./workload-identity";

/** Where runs and models are kept. */
export interface ModelRegistryProps {
  readonly database: IMetadataDatabase;
  readonly artifacts: IObjectStore;
  /** Names of the teams that get a workspace of their own. @default - one workspace for all */
  readonly teams?: readonly string[];
  /** Groups whose members may look and log, as mail addresses. @default - none */
  readonly groups?: readonly string[];
}

/** Experiment tracking and model registry: MLflow's protocol on every cloud. */
export interface IModelRegistry extends Construct {
  /** Value for MLFLOW_TRACKING_URI. */
  readonly trackingUri: string;
  readonly grants: { use(to: IWorkloadIdentity): void };
}
