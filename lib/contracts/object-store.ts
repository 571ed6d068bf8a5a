import type { Construct } from "../framework";
import type { IWorkloadIdentity } from "./workload-identity";

/** What a bucket is for; decides its lifecycle. */
export type ObjectStorePurpose = "datasets" | "artifacts" | "packages" | "prediction-logs" | "access-logs";

/** What a bucket is for, and what becomes of its objects. */
export interface ObjectStoreProps {
  readonly purpose: ObjectStorePurpose;
  /** Days after which objects are deleted. @default - kept */
  readonly expireAfterDays?: number;
  /** Keep earlier versions of an object. @default true */
  readonly versioned?: boolean;
  /** Days an earlier version is kept. @default 30 */
  readonly noncurrentDays?: number;
  /** Refuse deletion of a bucket that holds objects. @default true */
  readonly deletionProtection?: boolean;
}

/** Rights on a store. Each call adds one additive binding in the grantee's scope and may be repeated. */
export interface IObjectStoreGrants {
  read(to: IWorkloadIdentity): void;
  readWrite(to: IWorkloadIdentity): void;
}

/** A bucket: objects by key, private, encrypted, versioned. */
export interface IObjectStore extends Construct {
  /** Address that the platform's own tools accept; opaque to callers. */
  readonly uri: string;
  readonly grants: IObjectStoreGrants;
}
