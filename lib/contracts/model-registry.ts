import type { Construct } from "../framework";
import type { IMetadataDatabase } from "./metadata-database";
import type { IObjectStore } from "./object-store";

/** Where runs and models are kept. */
export interface ModelRegistryProps {
  readonly database: IMetadataDatabase;
  readonly artifacts: IObjectStore;
}

/** Experiment tracking and model registry: MLflow's protocol on every cloud. */
export interface IModelRegistry extends Construct {
  /** Value for MLFLOW_TRACKING_URI. */
  readonly trackingUri: string;
}
