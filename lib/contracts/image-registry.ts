import type { Construct } from "../framework";
import type { IWorkloadIdentity } from "./workload-identity";

/** A registry of container images with immutable tags, scanned, deployed by digest. */
export interface IImageRegistry extends Construct {
  /** Host and path before the image name, without a trailing slash. */
  readonly prefix: string;
  readonly grants: { pull(to: IWorkloadIdentity): void; push(to: IWorkloadIdentity): void };
}
