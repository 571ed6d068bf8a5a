import type { Construct } from "../framework";
import type { IObjectStore } from "./object-store";

/** The buckets that pipelines work with. */
export interface OrchestratorProps {
  /** Where compiled packages lie. */
  readonly packages: IObjectStore;
  /** Where the steps write what they make. */
  readonly artifacts: IObjectStore;
}

/** Runs compiled pipelines. */
export interface IOrchestrator extends Construct {
  /** Where a compiled package is submitted: an API address, or a folder on the local platform. */
  readonly submitUri: string;
  /** Which form it takes. */
  readonly format: "kfp-ir" | "azureml";
}
