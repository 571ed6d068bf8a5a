import type { Construct } from "../framework";
import type { IObjectStore } from "./object-store";
import type { IWorkloadIdentity } from "./workload-identity";

/** Who processes, and where it may write. */
export interface DataProcessingProps {
  readonly identity: IWorkloadIdentity;
  readonly datasets: IObjectStore;
  readonly artifacts: IObjectStore;
}

/** Processing of large data as a service that a step calls, Spark among others. */
export interface IDataProcessing extends Construct {
  /** What a step names when it submits work. */
  readonly reference: string;
}

/** A tool that builds data flows without code. */
export interface IDataIntegration extends Construct {
  /** Where a person builds them. */
  readonly uri: string;
}
