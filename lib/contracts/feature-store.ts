import type { Construct } from "../framework";
import type { IWorkloadIdentity } from "./workload-identity";

/** Features written once and read at train and serve time. */
export interface IFeatureStore extends Construct {
  readonly offlineUri: string;
  readonly onlineUri: string;
  readonly grants: { read(to: IWorkloadIdentity): void; readWrite(to: IWorkloadIdentity): void };
}
