import type { Construct } from "../framework";
import type { IObjectStore } from "./object-store";
import type { IWorkloadIdentity } from "./workload-identity";

/** What pipelines work with, and who they run as. */
export interface OrchestratorProps {
  /** Where compiled packages lie. */
  readonly packages: IObjectStore;
  /** Where the steps write what they make. */
  readonly artifacts: IObjectStore;
  readonly identity: IWorkloadIdentity;
  /** A TensorBoard beside it. @default false */
  readonly tensorBoard?: boolean;
}

/** Runs compiled pipelines. */
export interface IOrchestrator extends Construct {
  /** Where a compiled package is submitted: an API address, or a folder on the local platform. */
  readonly submitUri: string;
  /** Which form it takes. */
  readonly format: "kfp-ir" | "azureml";
  /** The TensorBoard; null where there is none. */
  readonly tensorBoard: string | null;
}
