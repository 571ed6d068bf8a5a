/** What of the table may be lost without a rule that minds. */
import type { Exception } from "../support/mutation";

/** Attributes of the table that are never taken away, or whose loss no rule minds. Each is needed: a test says so. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  "azurerm_kubernetes_cluster.default_node_pool.os_disk_type": {
    reason: "asked of machines with a disk of their own: Azure writes Managed by itself for those that have none",
    resources: /\.Cluster_/,
  },
  "azurerm_kubernetes_cluster_node_pool.os_disk_type": {
    reason: "asked of machines with a disk of their own: Azure writes Managed by itself for those that have none",
    resources: /Pools_cpu_/,
  },
  "azurerm_kubernetes_cluster_node_pool.min_count": {
    reason: "the least is what a person writes into pools.NAME.min, by default 0",
    resources: /Pools_/,
  },
  "azurerm_container_registry.georeplications": {
    reason: "an environment is in one region, and its images come from the release of another or are built again",
  },
  "azurerm_container_registry.quarantine_policy_enabled": {
    reason:
      "it holds every image back until a program lets it go, and Azure has none that does " +
      "(github.com/Azure/acr/tree/main/docs/preview/quarantine); Defender looks at images that are there",
  },
  "azurerm_container_registry.trust_policy_enabled": {
    reason:
      "Docker Content Trust, which no registry can be given since May 2026 and which ends on 31 March 2028 " +
      "(learn.microsoft.com/en-us/azure/container-registry/container-registry-content-trust-deprecation); images are named by digest",
  },
  "azurerm_storage_account.blob_properties.versioning_enabled": {
    reason: "a lake has no versions, and the lines of the archive cannot be changed: its containers refuse it",
    resources: /Features_Lake_|Monitoring_Archive_Account_/,
  },
  "azurerm_storage_account.queue_properties.logging": {
    reason:
      "the classic logs, which are over and want the account's key to be switched on; diagnostic settings note the same, and " +
      "a rule about stacks asks for them",
  },
  "azurerm_key_vault_key.key_type": {
    reason: "keys are made through Azure's management (azapi_resource_action), where the same is asked",
  },
  "azurerm_key_vault_key.expiration_date": {
    reason:
      "keys are made through Azure's management (azapi_resource_action), where the rotation gives each version an end",
  },
  "azurerm_key_vault_key.rotation_policy": {
    reason: "keys are made through Azure's management (azapi_resource_action), where the same is asked",
  },
  "azurerm_key_vault_secret.value_wo": {
    reason: "no stack holds such a secret: a rule refuses the type, and a person writes the value",
  },
  "azurerm_key_vault_secret.expiration_date": {
    reason: "no stack holds such a secret: a rule refuses the type, and a person writes the value",
  },
  "azurerm_key_vault_secret.content_type": {
    reason: "no stack holds such a secret: a rule refuses the type, and a person writes the value",
  },
  "azurerm_postgresql_flexible_server.geo_redundant_backup_enabled": {
    reason:
      "asked of servers under Azure's keys: a copy in the paired region takes a key of that region, and the environment has " +
      "its keys in its own only",
    resources: /Database_Server_/,
  },
  "azurerm_mysql_flexible_server.geo_redundant_backup_enabled": {
    reason:
      "what Kubeflow notes of its runs can be made again by running them; the data has its copy in the other region",
    resources: /PipelineStore_Server_/,
  },
  "azurerm_container_group.key_vault_key_id": {
    reason:
      "it takes a key with its version only, and would end with the next rotation; no secret and no data is in what the " +
      "service knows of a container",
  },
  "azurerm_disk_encryption_set.auto_key_rotation_enabled": {
    reason:
      "the set names a version of the key, which the cluster's own store demands: a rotated key is taken over with the next " +
      "deployment, by both at once",
    resources: /_Disks_/,
  },
  "azurerm_data_factory.github_configuration": {
    reason:
      "flows are made by the same code as all else, so the factory has nothing of its own to keep in a repository",
  },
  "azurerm_application_insights.internet_ingestion_enabled": {
    reason:
      "what is sent comes from Azure's own machines by the service's tag, past no private address; keys are switched off, so " +
      "only identities with a role can write",
    resources: /_Insights_/,
  },
  "azurerm_virtual_network.dns_servers": { reason: "networks ask Azure's own name servers; the rule takes either" },
  "azurerm_network_watcher_flow_log.retention_policy": {
    reason:
      "the regional Network Watcher, which such a log stands in, is the subscription's and not the environment's: its owner " +
      "switches it on once, by policy, for all networks",
  },
};
