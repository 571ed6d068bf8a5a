import type { KeyUse } from "../contracts/encryption-key";
import { SECONDS_PER_DAY } from "../core/time";
import type { Construct } from "../framework";
import type { GcpEstate } from "./estate";

/** Days that a deleted object can be brought back; Google takes 7 to 90: https://cloud.google.com/storage/docs/soft-delete. */
const SOFT_DELETE_DAYS = 7;

/** What is particular to one bucket. */
export interface BucketSettings {
  /** Key that encrypts it. */
  readonly key: KeyUse;
  /** How its lines begin in the bucket of the access logs. @default - access is not logged */
  readonly logPrefix?: string;
}

/** What every bucket has, whatever it is for: private, encrypted, access by IAM only, deletions kept for a week. */
export function guardedBucket(scope: Construct, { key, logPrefix }: BucketSettings, estate: GcpEstate) {
  const defaultKmsKeyName = estate.key(key);
  return {
    location: estate.settings.region,
    storageClass: "STANDARD",
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    defaultEventBasedHold: false,
    requesterPays: false,
    labels: estate.labels(scope),
    softDeletePolicy: { retentionDurationSeconds: SOFT_DELETE_DAYS * SECONDS_PER_DAY },
    ...(defaultKmsKeyName ? { encryption: { defaultKmsKeyName } } : {}),
    // The bucket of the logs need not be there yet.
    ...(logPrefix ? { logging: { logBucket: estate.bucket("access-logs"), logObjectPrefix: logPrefix } } : {}),
  };
}
