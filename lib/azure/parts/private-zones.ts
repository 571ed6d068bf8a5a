/** Private DNS zones of Azure's services. Pure data; does not load the engine. */

/** Zones that private endpoints' names are resolved in, https://learn.microsoft.com/en-us/azure/private-link/private-endpoint-dns. */
export const PRIVATE_ZONES = {
  blob: "privatelink.blob.core.windows.net",
  file: "privatelink.file.core.windows.net",
  dfs: "privatelink.dfs.core.windows.net",
  registry: "privatelink.azurecr.io",
  vault: "privatelink.vaultcore.azure.net",
  workspace: "privatelink.api.azureml.ms",
  notebooks: "privatelink.notebooks.azure.net",
  serviceBus: "privatelink.servicebus.windows.net",
  cosmos: "privatelink.documents.azure.com",
  postgres: "privatelink.postgres.database.azure.com",
  mysql: "privatelink.mysql.database.azure.com",
  // Azure Monitor, where the cluster's agents send logs and figures.
  monitor: "privatelink.monitor.azure.com",
  oms: "privatelink.oms.opinsights.azure.com",
  ods: "privatelink.ods.opinsights.azure.com",
  automation: "privatelink.agentsvc.azure-automation.net",
} as const;
/** A service with such a zone. */
export type PrivateZone = keyof typeof PRIVATE_ZONES;
