/**
 * Every type of resource that the estate can have on Azure: free, paid by meters, or without a price that is known here. A
 * type that is new fails the tests until it has a line.
 */
import { buildPool, managedCluster, nodePool, notebook, server, trainingCluster } from "./azure-machines";
import * as services from "./azure-services";
import { always, HOURS, NO_PRICE, OF_ANOTHER, RIGHTS, SETTING, type Treatment } from "./use";

/** Of Azure DevOps: people and builds at the same time are what it sells, to an organisation. */
const DEVOPS = { free: "what an organisation of Azure DevOps buys is no resource" };
const ML = "Microsoft.MachineLearningServices/workspaces";

const MAIN: Readonly<Record<string, Treatment>> = {
  azurerm_application_insights: { free: "what it writes is counted with the logs" },
  azurerm_application_insights_workbook: SETTING,
  azurerm_consumption_budget_subscription: SETTING,
  azurerm_container_app: { uses: services.containerApp },
  azurerm_container_app_environment: { free: "its apps and jobs are counted" },
  azurerm_container_app_environment_dapr_component: SETTING,
  azurerm_container_app_job: { uses: services.containerJob },
  azurerm_container_group: { uses: services.containerGroup },
  azurerm_container_registry: { uses: services.registry },
  azurerm_container_registry_cache_rule: OF_ANOTHER,
  azurerm_cosmosdb_account: { free: "its databases are counted; seven days of continuous backups cost nothing" },
  azurerm_cosmosdb_sql_container: { uses: services.onlineTable },
  azurerm_cosmosdb_sql_database: { uses: services.throughput },
  azurerm_data_factory: { uses: (_factory, { assume }) => [{ sku: "flows.runs", quantity: assume("flowRuns") }] },
  azurerm_data_factory_credential_user_managed_identity: RIGHTS,
  azurerm_data_factory_integration_runtime_azure: { uses: services.flowRuntime },
  azurerm_data_factory_managed_private_endpoint: NO_PRICE,
  azurerm_disk_encryption_set: SETTING,
  azurerm_dns_a_record: OF_ANOTHER,
  azurerm_dns_zone: { uses: services.zone },
  azurerm_eventgrid_system_topic: {
    uses: (_topic, { assume }) => [{ sku: "events.operations", quantity: assume("events") }],
  },
  azurerm_eventgrid_system_topic_event_subscription: OF_ANOTHER,
  azurerm_federated_identity_credential: RIGHTS,
  azurerm_key_vault: { uses: services.vault },
  azurerm_kubernetes_cluster: { uses: managedCluster },
  azurerm_kubernetes_cluster_node_pool: { uses: nodePool },
  azurerm_linux_virtual_machine: { uses: server },
  azurerm_log_analytics_workspace: { uses: services.logs },
  azurerm_log_analytics_workspace_table: OF_ANOTHER,
  azurerm_machine_learning_compute_cluster: { uses: trainingCluster },
  azurerm_machine_learning_datastore_blobstorage: OF_ANOTHER,
  azurerm_machine_learning_workspace: { free: "its machines, its storage and its logs are counted" },
  // In the network that Azure ML manages; it is paid for like any other.
  azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint: { uses: services.privateEndpoint },
  azurerm_management_lock: SETTING,
  azurerm_monitor_action_group: { free: "its first thousand mails a month cost nothing" },
  azurerm_monitor_activity_log_alert: { free: "alerts on the activity log cost nothing" },
  azurerm_monitor_alert_prometheus_rule_group: {
    uses: (_group, { assume }) => [{ sku: "metrics.read", quantity: assume("ruleSamples") }],
  },
  azurerm_monitor_data_collection_endpoint: SETTING,
  azurerm_monitor_data_collection_rule: { free: "what it collects is counted where it is kept" },
  azurerm_monitor_data_collection_rule_association: SETTING,
  azurerm_monitor_diagnostic_setting: { uses: services.diagnostics },
  azurerm_monitor_metric_alert: { uses: services.metricAlert },
  azurerm_monitor_private_link_scope: { free: "its private endpoint is counted" },
  azurerm_monitor_private_link_scoped_service: SETTING,
  azurerm_monitor_scheduled_query_rules_alert_v2: { uses: services.logAlert },
  azurerm_monitor_workspace: {
    uses: (_workspace, { assume }) => [{ sku: "metrics.written", quantity: assume("prometheusSamples") }],
  },
  azurerm_mysql_flexible_database: OF_ANOTHER,
  azurerm_mysql_flexible_server: { uses: services.mysql },
  azurerm_mysql_flexible_server_configuration: SETTING,
  azurerm_nat_gateway: { uses: services.nat },
  azurerm_nat_gateway_public_ip_association: SETTING,
  azurerm_network_interface: OF_ANOTHER,
  azurerm_network_security_group: { free: "rules cost nothing" },
  azurerm_postgresql_flexible_server: { uses: services.postgres },
  azurerm_postgresql_flexible_server_active_directory_administrator: RIGHTS,
  azurerm_postgresql_flexible_server_configuration: SETTING,
  azurerm_postgresql_flexible_server_database: OF_ANOTHER,
  azurerm_private_dns_a_record: OF_ANOTHER,
  azurerm_private_dns_zone: { uses: services.zone },
  azurerm_private_dns_zone_virtual_network_link: OF_ANOTHER,
  azurerm_private_endpoint: { uses: services.privateEndpoint },
  azurerm_public_ip: { uses: () => [{ sku: "address", quantity: always(HOURS) }] },
  azurerm_resource_group: SETTING,
  azurerm_resource_group_template_deployment: SETTING,
  azurerm_resource_policy_assignment: SETTING,
  azurerm_role_definition: RIGHTS,
  azurerm_servicebus_namespace: { uses: services.queues },
  azurerm_servicebus_queue: OF_ANOTHER,
  azurerm_storage_account: { uses: services.storageAccount },
  azurerm_storage_container: OF_ANOTHER,
  azurerm_storage_container_immutability_policy: SETTING,
  azurerm_storage_management_policy: SETTING,
  azurerm_subnet: { free: "part of the network" },
  azurerm_subnet_nat_gateway_association: SETTING,
  azurerm_subnet_network_security_group_association: SETTING,
  azurerm_user_assigned_identity: RIGHTS,
  azurerm_virtual_network: { free: "the network itself costs nothing; traffic is not counted" },
};

/** What the main provider has no resource for, by the type of Azure's own API. */
const BY_ARM_TYPE: Readonly<Record<string, Treatment>> = {
  azapi_update_resource: SETTING,
  "Microsoft.DataFactory/factories/linkedservices": OF_ANOTHER,
  "Microsoft.DataFactory/factories/pipelines": OF_ANOTHER,
  "Microsoft.DevCenter/devcenters": { free: "the pool that stands in it is counted" },
  "Microsoft.DevCenter/projects": { free: "the pool that stands in it is counted" },
  "Microsoft.DevOpsInfrastructure/pools": { uses: buildPool },
  "Microsoft.Insights/diagnosticSettings": {
    free: "sending to the workspace costs nothing; the logs are counted there",
  },
  "Microsoft.KeyVault/vaults/keys": { uses: services.key },
  "Microsoft.KeyVault/vaults/secrets": OF_ANOTHER,
  "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials": RIGHTS,
  [ML]: SETTING,
  [`${ML}/batchEndpoints`]: { free: "the cluster that it runs on is counted" },
  [`${ML}/batchEndpoints/deployments`]: OF_ANOTHER,
  [`${ML}/components/versions`]: OF_ANOTHER,
  [`${ML}/computes`]: { uses: notebook },
  [`${ML}/connections`]: SETTING,
  [`${ML}/data/versions`]: OF_ANOTHER,
  [`${ML}/featurestoreEntities`]: { free: "names columns of a table, which is counted" },
  [`${ML}/featurestoreEntities/versions`]: { free: "names columns of a table, which is counted" },
  [`${ML}/onlineEndpoints`]: { unpriced: "the machines of the models that a release puts on it" },
  [`${ML}/schedules`]: SETTING,
};

const AZURE_DEVOPS: Readonly<Record<string, Treatment>> = {
  azuredevops_branch_policy_build_validation: SETTING,
  azuredevops_build_definition: DEVOPS,
  azuredevops_check_approval: SETTING,
  azuredevops_check_branch_control: SETTING,
  azuredevops_check_exclusive_lock: SETTING,
  azuredevops_environment: DEVOPS,
  azuredevops_group: RIGHTS,
  azuredevops_pipeline_authorization: RIGHTS,
  azuredevops_serviceendpoint_azurerm: RIGHTS,
  azuredevops_variable_group: SETTING,
};

/** By type of the provider, and of Azure's own API for what goes through azapi. Grants of rights are free and not listed. */
export const AZURE_TYPES: Readonly<Record<string, Treatment>> = { ...MAIN, ...BY_ARM_TYPE, ...AZURE_DEVOPS };

/** What costs money and no resource states, so that no estimate from resources holds it. */
export const AZURE_NOT_COUNTED: readonly string[] = [
  "people, and builds at the same time, that an organisation of Azure DevOps buys; minutes on its own machines",
  "traffic to the internet, between zones and between regions",
  "load balancers, addresses and disks that AKS, Container Apps, Azure ML and build machines make for themselves",
  "Spark for data processing: machines that start when they are asked for",
  "free allowances, discounts, reservations, support and taxes",
  "changes of spot prices, which Azure makes as machines are free or not",
];
