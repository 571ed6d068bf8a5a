/** What guards resources against deletion, and how a person lifts it: by the setting, never by hand. */

/** How a type is guarded. */
export interface Guard {
  /** The setting that guards it; null when only the tier, or nothing, does. */
  readonly setting: string | null;
  /** What to do, as one sentence. */
  readonly lift: (environment: string) => string;
}

/** The attribute that a provider refuses deletion by. */
const ATTRIBUTES = ["deletion_protection", "deletion_protection_enabled"] as const;

const SETTINGS: Readonly<Record<string, string>> = {
  google_bigquery_dataset: "featureStore.deletionProtection",
  google_bigquery_table: "featureStore.deletionProtection",
  google_container_cluster: "kubernetes.deletionProtection",
  google_sql_database_instance: "metadata.deletionProtection",
  google_storage_bucket: "storage.deletionProtection",
  google_vertex_ai_feature_online_store: "featureStore.deletionProtection",
};

/** Google deletes neither; what is destroyed is Terraform's record of it, and the key's versions. */
const LASTING: ReadonlySet<string> = new Set(["google_kms_crypto_key", "google_kms_key_ring"]);

/** The guard of a resource type. */
export function guardOf(type: string): Guard {
  const setting = SETTINGS[type] ?? null;
  const then = (environment: string) => `mlops deploy ${environment}, and mlops destroy ${environment} again`;
  if (setting !== null)
    return { setting, lift: (name) => `Write ${setting}: false in environments/${name}.yaml, run ${then(name)}` };
  if (LASTING.has(type)) {
    const lift = (name: string) =>
      `Keys stay, because what they encrypted would be lost: leave them, or write tier: development in environments/${name}.yaml, run ${then(name)}`;
    return { setting: null, lift };
  }
  if (type === "google_secret_manager_secret") {
    // The database's password is guarded as the database is, every other secret by the tier.
    const lift = (name: string) =>
      `Write metadata.deletionProtection: false (the database's secret) or tier: staging (the others, in production) in environments/${name}.yaml, run ${then(name)}`;
    return { setting: null, lift };
  }
  return {
    setting: null,
    lift: (name) =>
      `It is guarded because tier is production: write tier: staging in environments/${name}.yaml, run ${then(name)}`,
  };
}

/** Whether a resource, as it stands, is guarded by its provider. */
export function isGuarded(before: unknown): boolean {
  if (typeof before !== "object" || before === null) return false;
  return ATTRIBUTES.some((name) => name in before && (before as Readonly<Record<string, unknown>>)[name] === true);
}
