import type { Construct } from "../framework";
import type { IWorkloadIdentity } from "./workload-identity";

/** Features of one entity, such as a patient. */
export interface FeatureGroup {
  readonly name: string;
  /** Column that identifies the entity. */
  readonly entity: string;
  /** Names of the features. */
  readonly features: readonly string[];
}

/** What is served. */
export interface FeatureStoreProps {
  readonly groups: readonly FeatureGroup[];
  /** Refuse deletion of the store. @default true */
  readonly deletionProtection?: boolean;
}

/** Features written once and read at train and serve time. */
export interface IFeatureStore extends Construct {
  /** Where training reads them, in bulk. */
  readonly offlineUri: string;
  /** Where serving reads the latest, one entity at a time. */
  readonly onlineUri: string;
  readonly grants: { read(to: IWorkloadIdentity): void; readWrite(to: IWorkloadIdentity): void };
}
