import type { MonitoringProps } from "../contracts/monitoring";
import { SECONDS_PER_DAY } from "../core/time";
import { Construct } from "../framework";
import { LoggingProjectSink, ProjectIamAuditConfig, StorageBucket, StorageBucketIamMember } from "./bindings";
import { guardedBucket } from "./bucket";
import type { GcpEstate } from "./estate";
import { AUDIT_LOGS } from "./parts/log-filters";

/** Days after which archived logs are kept where keeping is cheap and reading is dear. */
const COLD_AFTER_DAYS = 30;
/** https://cloud.google.com/storage/docs/access-control/iam-roles */
const CREATE = "roles/storage.objectCreator";

/**
 * Services whose use is logged call by call, reading included: keys, secrets, identities, the database's administration.
 * Not Cloud Storage: each object read would be a line, and the buckets have access logs of their own.
 */
const AUDITED = [
  "cloudkms.googleapis.com",
  "secretmanager.googleapis.com",
  "iam.googleapis.com",
  "sts.googleapis.com",
  "cloudsql.googleapis.com",
] as const;

/** How long, and whether for good. */
export type LogArchiveProps = NonNullable<MonitoringProps["archive"]>;

/**
 * The audit logs, where nobody can change them for a while; when locked, not even the project's owner, and the bucket
 * cannot be removed before its last object has expired.
 */
export class GcpLogArchive extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: LogArchiveProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const bucket = this.bucket();
    const sink = new LoggingProjectSink(this, "Sink", {
      name: estate.name("logSink", "archive"),
      description: "Audit logs to the archive",
      destination: `storage.googleapis.com/${bucket.name}`,
      filter: AUDIT_LOGS,
      uniqueWriterIdentity: true,
    });
    new StorageBucketIamMember(this, "Writer", { bucket: bucket.name, role: CREATE, member: sink.writerIdentity });
    this.auditReading();
  }

  private bucket(): StorageBucket {
    const { estate } = this;
    const { retentionDays, locked } = this.props;
    return new StorageBucket(this, "Bucket", {
      name: estate.bucket("log-archive"),
      ...guardedBucket(this, { key: "storage", logPrefix: "log-archive" }, estate),
      // Unchangeable objects need no earlier versions.
      retentionPolicy: { retentionPeriod: retentionDays * SECONDS_PER_DAY, isLocked: locked },
      lifecycleRule: [
        ...(retentionDays > COLD_AFTER_DAYS * 4
          ? [{ action: { type: "SetStorageClass", storageClass: "COLDLINE" }, condition: { age: COLD_AFTER_DAYS } }]
          : []),
        { action: { type: "Delete" }, condition: { age: retentionDays } },
      ],
      forceDestroy: !estate.settings.production,
    });
  }

  /** Says for these services what is logged of them in this project, whatever was said before: the project is the environment's own. */
  private auditReading(): void {
    for (const service of AUDITED) {
      new ProjectIamAuditConfig(this, `Audit-${service.split(".")[0]}`, {
        project: this.estate.settings.project,
        service,
        auditLogConfig: ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({ logType })),
      });
    }
  }
}
