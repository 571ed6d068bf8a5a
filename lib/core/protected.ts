/** Resources whose loss cannot be undone, and the addresses that must not move by accident. Does not load the engine. */

/** Types that hold data or keys. A plan that destroys or replaces one has to be approved by name. */
export const PROTECTED_TYPES: ReadonlySet<string> = new Set([
  "google_artifact_registry_repository",
  "google_bigquery_dataset",
  "google_bigquery_table",
  "google_container_cluster",
  "google_data_fusion_instance",
  "google_kms_crypto_key",
  "google_kms_key_ring",
  "google_logging_project_bucket_config",
  "google_secret_manager_secret",
  "google_secure_source_manager_instance",
  "google_secure_source_manager_repository",
  "google_sql_database",
  "google_sql_database_instance",
  "google_storage_bucket",
  "google_vertex_ai_feature_online_store",
  "google_workbench_instance",
  "azurerm_container_registry",
  "azurerm_cosmosdb_account",
  "azurerm_cosmosdb_sql_container",
  "azurerm_cosmosdb_sql_database",
  "azurerm_key_vault",
  "azurerm_key_vault_key",
  "azurerm_kubernetes_cluster",
  "azurerm_log_analytics_workspace",
  "azurerm_machine_learning_compute_instance",
  "azurerm_machine_learning_workspace",
  "azurerm_mysql_flexible_database",
  "azurerm_monitor_workspace",
  "azurerm_mysql_flexible_server",
  "azurerm_postgresql_flexible_server",
  "azurerm_postgresql_flexible_server_database",
  "azurerm_resource_group",
  "azurerm_storage_account",
  "azurerm_storage_container",
  "kubernetes_persistent_volume_claim_v1",
]);

/** Whether the loss of a resource at this address cannot be undone. */
export function isProtected(address: string): boolean {
  return PROTECTED_TYPES.has(address.split(".")[0] ?? "");
}

/** A stack as Terraform reads it, as far as it is looked at here. */
export interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly provider?: Readonly<Record<string, unknown>>;
}

/** Addresses of a stack's resources, and of its outputs as `output.<name>`, sorted. */
export function addressesOf(stack: StackJson): string[] {
  const resources = Object.entries(stack.resource ?? {}).flatMap(([type, byId]) =>
    Object.keys(byId).map((id) => `${type}.${id}`),
  );
  const outputs = Object.keys(stack.output ?? {}).map((key) => `output.${key}`);
  return [...resources, ...outputs].sort();
}

/** What changed between the addresses on record and those of today, in words; empty when nothing did. */
export function addressChanges(stack: string, golden: readonly string[], now: readonly string[]): string[] {
  const gone = golden.filter((address) => !now.includes(address));
  const added = now.filter((address) => !golden.includes(address));
  return [
    ...gone.map((address) => {
      const twin = added.find((other) => other.split(".")[0] === address.split(".")[0]);
      const what = isProtected(address) ? "would be destroyed with its data" : "would be destroyed";
      return twin
        ? `${stack}: ${address} became ${twin}: what stands at the old address ${what}; add a moveTo, or record the new list`
        : `${stack}: ${address} is gone: what stands there ${what}`;
    }),
    ...added
      .filter((address) => !gone.some((old) => old.split(".")[0] === address.split(".")[0]))
      .map((address) => `${stack}: ${address} is new`),
  ];
}
