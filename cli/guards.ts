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
/** A lock of Azure's on another resource, https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources. */
const LOCK = "azurerm_management_lock";

const SETTINGS: Readonly<Record<string, string>> = {
  google_bigquery_dataset: "featureStore.deletionProtection",
  google_bigquery_table: "featureStore.deletionProtection",
  google_container_cluster: "kubernetes.deletionProtection",
  google_sql_database_instance: "metadata.deletionProtection",
  google_storage_bucket: "storage.deletionProtection",
  google_vertex_ai_feature_online_store: "featureStore.deletionProtection",
  azurerm_cosmosdb_account: "featureStore.deletionProtection",
  azurerm_cosmosdb_sql_container: "featureStore.deletionProtection",
  azurerm_cosmosdb_sql_database: "featureStore.deletionProtection",
  azurerm_kubernetes_cluster: "kubernetes.deletionProtection",
  azurerm_mysql_flexible_server: "metadata.deletionProtection",
  azurerm_postgresql_flexible_server: "metadata.deletionProtection",
  azurerm_postgresql_flexible_server_database: "metadata.deletionProtection",
  azurerm_storage_account: "storage.deletionProtection",
  azurerm_storage_container: "storage.deletionProtection",
};

/** Types of Azure's API as Terraform's types: what a lock, or a resource in the API's own words, stands for. */
const AZURE_TYPES: Readonly<Record<string, string>> = {
  "microsoft.containerregistry/registries": "azurerm_container_registry",
  "microsoft.containerservice/managedclusters": "azurerm_kubernetes_cluster",
  "microsoft.dbformysql/flexibleservers": "azurerm_mysql_flexible_server",
  "microsoft.dbforpostgresql/flexibleservers": "azurerm_postgresql_flexible_server",
  "microsoft.documentdb/databaseaccounts": "azurerm_cosmosdb_account",
  "microsoft.keyvault/vaults": "azurerm_key_vault",
  "microsoft.keyvault/vaults/keys": "azurerm_key_vault_key",
  "microsoft.machinelearningservices/workspaces": "azurerm_machine_learning_workspace",
  "microsoft.storage/storageaccounts": "azurerm_storage_account",
};

/** What encrypts: clouds keep it, or for a while; what is destroyed is Terraform's record of it, and versions of the key. */
const LASTING: ReadonlySet<string> = new Set([
  "google_kms_crypto_key",
  "google_kms_key_ring",
  "azurerm_key_vault",
  "azurerm_key_vault_key",
]);

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

/** Whether a resource, as it stands, is guarded by its provider, or is itself a guard. */
export function isGuarded(before: unknown): boolean {
  const values = fields(before);
  return ATTRIBUTES.some((name) => values[name] === true) || values.lock_level === "CanNotDelete";
}

/** The type whose guard counts: of a lock, that of what it locks. @param before the resource as it stands */
export function guardedType(type: string, before: unknown): string {
  const { scope, type: named } = fields(before);
  if (type === LOCK && typeof scope === "string") return AZURE_TYPES[typeIn(scope)] ?? type;
  if (type === "azapi_resource" && typeof named === "string")
    return AZURE_TYPES[named.split("@")[0]?.toLowerCase() ?? ""] ?? type;
  return type;
}

/** `microsoft.keyvault/vaults` out of an id. */
function typeIn(id: string): string {
  const [namespace = "", ...rest] = (id.split(/\/providers\//i).at(-1) ?? "").toLowerCase().split("/");
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join("/");
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
