/** Azure under the contracts' suite. */
import { AzurePlatform } from "../../lib/azure/platform";
import { PRODUCTION as ON_AZURE } from "../azure/support";
import type { SynthesizedStack } from "../support/synth";
import type { PlatformUnderTest } from "./harness";

/** What Azure's layers have whatever is made in them: it is no part of a contract. */
const GROUND = /\/(Ground|Containers|Workspace)\//;

/** Resource types that a part makes. */
function typesOfParts({ resource }: SynthesizedStack): readonly string[] {
  return Object.entries(resource)
    .filter(([, byId]) => Object.values(byId as object).some((made) => !GROUND.test(made["//"].metadata.path)))
    .map(([type]) => type)
    .sort();
}

/** The platform, and what each of its methods is to make. */
export const azure: PlatformUnderTest = {
  cloud: "azure",
  create: () => new AzurePlatform({ ...ON_AZURE, people: { alice: "1b2c3d4e-0000-4000-8000-0000000000c1" } }),
  made: typesOfParts,
  makes: {
    autoMl: [],
    budget: ["azurerm_consumption_budget_subscription"],
    ciIdentities: [
      "azurerm_federated_identity_credential",
      "azurerm_role_assignment",
      "azurerm_role_definition",
      "azurerm_user_assigned_identity",
    ],
    cluster: [
      "azurerm_disk_encryption_set",
      "azurerm_kubernetes_cluster",
      "azurerm_kubernetes_cluster_node_pool",
      "azurerm_monitor_data_collection_endpoint",
      "azurerm_monitor_data_collection_rule",
      "azurerm_monitor_data_collection_rule_association",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_monitor_private_link_scope",
      "azurerm_monitor_private_link_scoped_service",
      "azurerm_monitor_workspace",
      "azurerm_private_dns_zone",
      "azurerm_private_dns_zone_virtual_network_link",
      "azurerm_private_endpoint",
      "azurerm_role_assignment",
      "azurerm_user_assigned_identity",
    ],
    containerService: ["azurerm_container_app", "azurerm_user_assigned_identity"],
    dataIntegration: [
      "azapi_resource",
      "azurerm_data_factory",
      "azurerm_data_factory_credential_user_managed_identity",
      "azurerm_data_factory_integration_runtime_azure",
      "azurerm_data_factory_managed_private_endpoint",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_role_assignment",
      "azurerm_user_assigned_identity",
    ],
    dataProcessing: ["azapi_resource_action", "azurerm_role_assignment", "azurerm_user_assigned_identity"],
    delivery: [
      "azapi_resource",
      "azuredevops_build_definition",
      "azuredevops_check_approval",
      "azuredevops_check_branch_control",
      "azuredevops_check_exclusive_lock",
      "azuredevops_environment",
      "azuredevops_group",
      "azuredevops_pipeline_authorization",
      "azuredevops_serviceendpoint_azurerm",
      "azuredevops_variable_group",
      "azurerm_role_assignment",
      "azurerm_user_assigned_identity",
    ],
    encryptionKey: ["azapi_resource_action", "azurerm_role_assignment"],
    eventTopic: [
      "azurerm_monitor_diagnostic_setting",
      "azurerm_private_endpoint",
      "azurerm_servicebus_namespace",
      "azurerm_servicebus_queue",
    ],
    featureStore: [
      "azapi_resource",
      "azapi_update_resource",
      "azurerm_application_insights",
      "azurerm_cosmosdb_account",
      "azurerm_cosmosdb_sql_container",
      "azurerm_cosmosdb_sql_database",
      "azurerm_machine_learning_workspace",
      "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint",
      "azurerm_management_lock",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_private_endpoint",
      "azurerm_role_assignment",
      "azurerm_storage_account",
      "azurerm_storage_container",
      "azurerm_user_assigned_identity",
    ],
    imageRegistry: [
      "azurerm_container_registry",
      "azurerm_container_registry_cache_rule",
      "azurerm_management_lock",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_private_endpoint",
    ],
    metadataDatabase: [
      "azurerm_management_lock",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_postgresql_flexible_server",
      "azurerm_postgresql_flexible_server_configuration",
      "azurerm_postgresql_flexible_server_database",
    ],
    modelEndpoint: ["azurerm_user_assigned_identity"],
    modelRegistry: [],
    monitoring: [
      "azurerm_application_insights_workbook",
      "azurerm_log_analytics_workspace_table",
      "azurerm_monitor_action_group",
      "azurerm_monitor_activity_log_alert",
      "azurerm_monitor_alert_prometheus_rule_group",
      "azurerm_monitor_metric_alert",
      "azurerm_monitor_scheduled_query_rules_alert_v2",
    ],
    network: [
      "azurerm_nat_gateway",
      "azurerm_nat_gateway_public_ip_association",
      "azurerm_network_security_group",
      "azurerm_private_dns_zone",
      "azurerm_private_dns_zone_virtual_network_link",
      "azurerm_private_endpoint",
      "azurerm_public_ip",
      "azurerm_subnet",
      "azurerm_subnet_nat_gateway_association",
      "azurerm_subnet_network_security_group_association",
      "azurerm_virtual_network",
    ],
    notebooks: ["azapi_resource", "azurerm_resource_policy_assignment", "azurerm_role_assignment"],
    objectStore: [
      "azurerm_management_lock",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_private_endpoint",
      "azurerm_storage_account",
      "azurerm_storage_container",
      "azurerm_storage_management_policy",
    ],
    orchestrator: ["azurerm_role_assignment", "azurerm_user_assigned_identity"],
    pipelineDefinitions: ["azapi_resource"],
    pipelineTrigger: [
      "azurerm_container_app",
      "azurerm_container_app_environment_dapr_component",
      "azurerm_eventgrid_system_topic",
      "azurerm_eventgrid_system_topic_event_subscription",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_role_assignment",
      "azurerm_storage_container",
      "azurerm_user_assigned_identity",
    ],
    pretrainedModels: ["azurerm_resource_policy_assignment"],
    schedule: ["azurerm_container_app_environment_dapr_component"],
    secretStore: ["azurerm_user_assigned_identity"],
    training: ["azurerm_machine_learning_compute_cluster"],
    workflowEngine: [
      "azapi_resource",
      "azurerm_container_app_job",
      "azurerm_data_factory",
      "azurerm_data_factory_credential_user_managed_identity",
      "azurerm_monitor_diagnostic_setting",
      "azurerm_role_assignment",
      "azurerm_user_assigned_identity",
    ],
    workloadIdentity: ["azurerm_user_assigned_identity"],
  },
  pipelineStore: true,
  // Values go into the vault by a person's hand; Terraform has no way to its data plane.
  declaresSecrets: false,
  address: /^(https|postgresql|azureml):\/\/\S+$/,
};
