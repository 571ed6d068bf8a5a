import { blocks, type HardeningRule, type Resource } from "../hardening";
import { falseInProduction, is, noBlock, number, ownKey, shape, someBlock, trueInProduction } from "./demands";

const BUCKET = "google_storage_bucket";

/** Numbers of the CIS benchmark for Google Cloud are those of version 3.0.0. */
const BUCKETS: readonly HardeningRule[] = [
  {
    id: "bucket-uniform-access",
    type: BUCKET,
    path: "uniform_bucket_level_access",
    demand: is(true),
    why: "Rights on single objects are seen by no review.",
    refs: ["CKV_GCP_29", "CIS GCP 5.2"],
  },
  {
    id: "bucket-not-public",
    type: BUCKET,
    path: "public_access_prevention",
    demand: is("enforced"),
    why: "One wrong grant would publish the data.",
    refs: ["CKV_GCP_114", "CIS GCP 5.1"],
  },
  {
    id: "bucket-versioning",
    type: BUCKET,
    path: "versioning.enabled",
    demand: is(true),
    only: "production",
    where: (bucket) => !hasRetention(bucket),
    why: "What is overwritten or deleted by mistake could not be had back.",
    refs: ["CKV_GCP_78"],
  },
  {
    id: "bucket-access-logs",
    type: BUCKET,
    path: "",
    demand: shape(
      "logging.log_bucket, another bucket",
      (bucket) => {
        const [logging] = blocks(bucket.logging);
        return Boolean(logging?.log_bucket) && logging?.log_bucket !== bucket.name;
      },
      ({ logging: _, ...bucket }) => [bucket, { ...bucket, logging: { log_bucket: bucket.name } }],
    ),
    only: "production",
    // A bucket of access logs that logged its own readers would never come to rest.
    where: ({ name }) => !/access-logs/.test(String(name)),
    why: "Nobody could say who read the data.",
    refs: ["CKV_GCP_62", "CKV_GCP_63"],
  },
  {
    id: "bucket-key",
    type: BUCKET,
    path: "encryption.default_kms_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "The data could not be made unreadable by taking its key away.",
    refs: [],
  },
  {
    id: "bucket-soft-delete",
    type: BUCKET,
    path: "soft_delete_policy.retention_duration_seconds",
    demand: number(7 * 86400),
    only: "production",
    why: "A deleted bucket could not be had back.",
    refs: [],
  },
  {
    id: "bucket-old-versions",
    type: BUCKET,
    path: "lifecycle_rule[]",
    demand: someBlock("a rule that ends old versions", endsOldVersions),
    where: (bucket) => blocks(bucket.versioning).some(({ enabled }) => enabled === true),
    why: "Every version ever written would be kept and paid for.",
    refs: [],
  },
  {
    id: "bucket-force-destroy",
    type: BUCKET,
    path: "force_destroy",
    demand: falseInProduction,
    why: "Terraform would delete the data with the bucket.",
    refs: [],
  },
  {
    id: "log-archive-ends",
    type: BUCKET,
    path: "lifecycle_rule[]",
    demand: someBlock("a rule that ends what is old enough", endsByAge),
    where: hasRetention,
    why: "Logs would be kept, and paid for, for ever.",
    refs: [],
  },
  {
    id: "log-archive-locked",
    type: BUCKET,
    path: "retention_policy.is_locked",
    demand: is(true),
    only: "production",
    where: isArchive,
    why: "Whoever breaks in would delete the traces.",
    refs: ["CKV2_GCP_4", "CIS GCP 2.3"],
    setting: "monitoring.archive.locked: true",
  },
];

const BIGQUERY: readonly HardeningRule[] = [
  {
    id: "dataset-key",
    type: "google_bigquery_dataset",
    path: "default_encryption_configuration.kms_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "Tables made later would be under no key of ours.",
    refs: ["CKV_GCP_81", "CIS GCP 7.3"],
  },
  {
    id: "dataset-not-public",
    type: "google_bigquery_dataset",
    path: "access[]",
    demand: noBlock(
      "no entry for everybody",
      ({ special_group, iam_member }) => isPublic(special_group) || isPublic(iam_member),
      { role: "READER", special_group: "allAuthenticatedUsers" },
    ),
    why: "Anybody with a Google account could read the tables.",
    refs: ["CKV_GCP_15", "CIS GCP 7.1"],
  },
  {
    id: "dataset-contents",
    type: "google_bigquery_dataset",
    path: "delete_contents_on_destroy",
    demand: falseInProduction,
    why: "Terraform would delete the tables with the dataset.",
    refs: [],
  },
  {
    id: "table-key",
    type: "google_bigquery_table",
    path: "encryption_configuration.kms_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "The data could not be made unreadable by taking its key away.",
    refs: ["CKV_GCP_80", "CIS GCP 7.2"],
  },
  {
    id: "table-deletion-protection",
    type: "google_bigquery_table",
    path: "deletion_protection",
    demand: trueInProduction,
    why: "A change of the schema can replace the table with its data.",
    refs: ["CKV_GCP_121"],
  },
];

const REGISTRY = "google_artifact_registry_repository";

const REGISTRIES: readonly HardeningRule[] = [
  {
    id: "registry-key",
    type: REGISTRY,
    path: "kms_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "Images hold the model and its code.",
    refs: ["CKV_GCP_84"],
  },
  {
    id: "registry-immutable-tags",
    type: REGISTRY,
    path: "docker_config.immutable_tags",
    demand: is(true),
    where: ({ format, mode = "STANDARD_REPOSITORY" }) => format === "DOCKER" && mode === "STANDARD_REPOSITORY",
    why: "A tag could be moved to another image.",
    refs: [],
  },
  {
    id: "registry-cleanup",
    type: REGISTRY,
    path: "cleanup_policies[]",
    demand: someBlock("policies, one of which keeps the newest", ({ action }) => action === "KEEP"),
    where: ({ mode = "STANDARD_REPOSITORY" }) => mode === "STANDARD_REPOSITORY",
    why: "Old images with known holes stay, or the cleanup takes the ones in use.",
    refs: [],
  },
  {
    id: "mirror-cleanup",
    type: REGISTRY,
    path: "cleanup_policies[]",
    demand: someBlock("a policy that deletes what is old", ({ action }) => action === "DELETE"),
    where: ({ mode }) => mode === "REMOTE_REPOSITORY",
    why: "Copies of old images with known holes stay, and are paid for.",
    refs: [],
  },
  {
    id: "registry-cleanup-runs",
    type: REGISTRY,
    path: "cleanup_policy_dry_run",
    demand: is(false),
    where: ({ cleanup_policies }) => blocks(cleanup_policies).length > 0,
    why: "The cleanup would only be written to a log.",
    refs: [],
  },
  {
    id: "registry-scanning",
    type: REGISTRY,
    path: "vulnerability_scanning_config.enablement_config",
    demand: is("INHERITED"),
    where: ({ format, mode }) => format === "DOCKER" && mode !== "VIRTUAL_REPOSITORY",
    why: "Nobody would know of a hole in an image.",
    refs: ["CIS GKE 5.1.1"],
  },
];

const LOGS: readonly HardeningRule[] = [
  {
    id: "log-sink-writer",
    type: "google_logging_project_sink",
    path: "unique_writer_identity",
    demand: is(true),
    why: "One account shared by all sinks of a project can write to what another sink was given.",
    refs: [],
  },
  {
    id: "log-bucket-retention",
    type: "google_logging_project_bucket_config",
    path: "retention_days",
    demand: number(30),
    why: "An incident is often found weeks later.",
    refs: ["CIS GCP 2.3"],
  },
];

function endsOldVersions({ action, condition }: Resource): boolean {
  const deletes = blocks(action).some(({ type }) => type === "Delete");
  return (
    deletes &&
    blocks(condition).some(
      ({ num_newer_versions, days_since_noncurrent_time, with_state, noncurrent_time_before }) =>
        num_newer_versions !== undefined ||
        days_since_noncurrent_time !== undefined ||
        noncurrent_time_before !== undefined ||
        with_state === "ARCHIVED",
    )
  );
}

function endsByAge({ action, condition }: Resource): boolean {
  const deletes = blocks(action).some(({ type }) => type === "Delete");
  return deletes && blocks(condition).some(({ age }) => age !== undefined);
}

/** Objects of such a bucket can be neither overwritten nor deleted until they are old enough. */
function hasRetention({ retention_policy }: Resource): boolean {
  return blocks(retention_policy).length > 0;
}

function isArchive({ name }: Resource): boolean {
  return /log-archive/.test(String(name));
}

function isPublic(member: unknown): boolean {
  return /^(allUsers|allAuthenticatedUsers)$/.test(String(member));
}

/** Buckets, tables, registries and logs: where data stands. */
export const GOOGLE_STORAGE: readonly HardeningRule[] = [...BUCKETS, ...BIGQUERY, ...REGISTRIES, ...LOGS];
