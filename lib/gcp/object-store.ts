import type { IObjectStore, IObjectStoreGrants, ObjectStoreProps, ObjectStorePurpose } from "../contracts/object-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { Construct } from "../framework";
import { StorageBucket, StorageBucketIamMember } from "./bindings";
import { guardedBucket } from "./bucket";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";
import { PIPELINE_FOLDER } from "./parts/names";

/** Roles on one bucket, https://cloud.google.com/storage/docs/access-control/iam-roles. */
const ROLES = { read: "roles/storage.objectViewer", readWrite: "roles/storage.objectUser" } as const;

/** Writes the access logs, and needs no more than to add objects: https://cloud.google.com/storage/docs/access-logs#delivery. */
const LOG_WRITER = { role: "roles/storage.objectCreator", member: "group:cloud-storage-analytics@google.com" } as const;

/**
 * Beginnings of the names that expire; of other purposes, everything does. Registered models lie in the artifacts too,
 * so only what runs pass between their steps goes there.
 */
const EXPIRING: Partial<Record<ObjectStorePurpose, readonly string[]>> = { artifacts: [`${PIPELINE_FOLDER}/`] };

/** Days after which the parts of an upload that never ended are removed. */
const ABANDONED_UPLOAD_DAYS = 7;

/**
 * A bucket: private, encrypted, versioned, its requests logged. Objects stay in the standard class: training reads them
 * again and again, and Autoclass charges for watching each of them.
 */
export class GcpObjectStore extends Construct implements IObjectStore {
  readonly uri: string;
  readonly grants: IObjectStoreGrants;

  constructor(scope: Construct, id: string, props: ObjectStoreProps, estate: GcpEstate) {
    super(scope, id);
    const { purpose, versioned = true, deletionProtection = true } = props;
    const name = estate.bucket(purpose);
    const bucket = new StorageBucket(this, "Bucket", {
      name,
      forceDestroy: !deletionProtection,
      versioning: { enabled: versioned },
      lifecycleRule: lifecycle(props),
      // The bucket of the logs cannot log into itself.
      ...guardedBucket(this, { key: "storage", logPrefix: purpose === "access-logs" ? undefined : purpose }, estate),
    });
    if (purpose === "access-logs") {
      new StorageBucketIamMember(this, "LogWriter", { bucket: bucket.name, ...LOG_WRITER });
    }
    this.uri = `gs://${name}`;
    this.grants = {
      read: (to) => this.grant(to, name, "read"),
      readWrite: (to) => this.grant(to, name, "readWrite"),
    };
  }

  private grant(to: IWorkloadIdentity, bucket: string, right: keyof typeof ROLES): void {
    grantOnce(this, to, right, (scope, id) => {
      new StorageBucketIamMember(scope, id, { bucket, role: ROLES[right], member: to.principal });
    });
  }
}

/** What is removed by itself: objects past their time, earlier versions, uploads that never ended. */
function lifecycle({ purpose, expireAfterDays, versioned = true, noncurrentDays = 30 }: ObjectStoreProps) {
  const expiring = EXPIRING[purpose];
  const remove = { type: "Delete" };
  return [
    { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: ABANDONED_UPLOAD_DAYS } },
    ...(versioned
      ? [{ action: remove, condition: { daysSinceNoncurrentTime: noncurrentDays, withState: "ARCHIVED" } }]
      : []),
    ...(expireAfterDays === undefined
      ? []
      : [
          {
            action: remove,
            condition: {
              age: expireAfterDays,
              withState: "LIVE",
              ...(expiring ? { matchesPrefix: [...expiring] } : {}),
            },
          },
        ]),
  ];
}
