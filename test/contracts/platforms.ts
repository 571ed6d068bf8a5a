import { AzurePlatform } from "../../lib/azure/platform";
import { GcpPlatform } from "../../lib/gcp/platform";
import { LocalPlatform } from "../../lib/local/platform";
import { PRODUCTION as ON_AZURE } from "../azure/support";
import { PRODUCTION } from "../gcp/support";
import { localEnvironment } from "../support/fixtures";
import type { SynthesizedStack } from "../support/synth";
import type { PlatformUnderTest } from "./harness";

interface Part {
  readonly kind: string;
  readonly name: string;
}

const local: PlatformUnderTest = {
  cloud: "local",
  create: () => {
    const { local: estate } = localEnvironment().clouds;
    return new LocalPlatform({ environment: "test", ...estate, workspace: "../../.." });
  },
  made: ({ resource }) => {
    const { parts } = (resource.terraform_data?.Parts?.input ?? { parts: [] }) as { parts: readonly Part[] };
    return parts.map(({ kind, name }) => `${kind} ${name}`).sort();
  },
  makes: {
    autoMl: "lacking",
    budget: "lacking",
    ciIdentities: "lacking",
    cluster: "lacking",
    containerService: ["modelServer qa"],
    dataIntegration: "lacking",
    dataProcessing: "lacking",
    delivery: "lacking",
    encryptionKey: "lacking",
    eventTopic: "lacking",
    featureStore: "lacking",
    imageRegistry: "lacking",
    metadataDatabase: ["database database"],
    modelEndpoint: ["gateway gateway", "modelServer blue", "modelServer green"],
    modelRegistry: ["tracking tracking"],
    monitoring: [],
    network: "lacking",
    notebooks: ["notebooks notebooks"],
    objectStore: ["directory artifacts", "directory datasets"],
    orchestrator: ["orchestrator orchestrator"],
    pipelineDefinitions: "lacking",
    pipelineTrigger: "lacking",
    pretrainedModels: "lacking",
    schedule: ["scheduler scheduler"],
    secretStore: ["secrets secrets"],
    training: "lacking",
    workflowEngine: "lacking",
    workloadIdentity: [],
  },
  pipelineStore: false,
  declaresSecrets: true,
  address: /^(http|postgresql):\/\/([a-z]+@)?127\.0\.0\.1:\d+(\/.*)?$/,
};

/** Resource types that stand in a layer; the project's services are always there. */
function types({ resource }: SynthesizedStack): readonly string[] {
  return Object.keys(resource)
    .filter((type) => type !== "google_project_service")
    .sort();
}

const gcp: PlatformUnderTest = {
  cloud: "gcp",
  create: () => new GcpPlatform(PRODUCTION),
  made: types,
  makes: {
    autoMl: ["google_vertex_ai_dataset"],
    budget: ["google_billing_budget"],
    ciIdentities: [
      "google_iam_workload_identity_pool",
      "google_iam_workload_identity_pool_provider",
      "google_project_iam_custom_role",
      "google_project_iam_member",
      "google_service_account",
      "google_service_account_iam_member",
      "google_storage_bucket_iam_member",
    ],
    cluster: [
      "google_artifact_registry_repository_iam_member",
      "google_binary_authorization_policy",
      "google_container_cluster",
      "google_container_node_pool",
      "google_project_iam_member",
      "google_service_account",
    ],
    containerService: ["google_cloud_run_v2_service", "google_service_account", "google_storage_bucket_object"],
    dataIntegration: [
      "google_compute_network_attachment",
      "google_data_fusion_instance",
      "google_project_iam_member",
      "google_service_account",
      "google_service_account_iam_member",
    ],
    dataProcessing: [
      "google_compute_firewall",
      "google_dataproc_autoscaling_policy",
      "google_project_iam_member",
      "google_service_account",
      "google_service_account_iam_member",
      "google_storage_bucket_iam_member",
    ],
    delivery: [
      "google_artifact_registry_repository_iam_member",
      "google_cloudbuild_trigger",
      "google_cloudbuildv2_repository",
      "google_project_iam_member",
      "google_service_account",
      "google_service_account_iam_member",
      "google_storage_bucket_iam_member",
    ],
    encryptionKey: [
      "google_kms_crypto_key",
      "google_kms_crypto_key_iam_member",
      "google_kms_key_ring",
      "google_project_iam_custom_role",
      "google_project_iam_member",
    ],
    eventTopic: ["google_pubsub_subscription", "google_pubsub_topic", "google_pubsub_topic_iam_member"],
    featureStore: [
      "google_bigquery_dataset",
      "google_bigquery_table",
      "google_vertex_ai_feature_group",
      "google_vertex_ai_feature_group_feature",
      "google_vertex_ai_feature_online_store",
      "google_vertex_ai_feature_online_store_featureview",
    ],
    imageRegistry: ["google_artifact_registry_repository"],
    metadataDatabase: [
      "google_project_iam_member",
      "google_secret_manager_secret",
      "google_secret_manager_secret_iam_member",
      "google_secret_manager_secret_version",
      "google_service_account",
      "google_sql_database",
      "google_sql_database_instance",
      "google_sql_user",
    ],
    modelEndpoint: ["google_compute_address", "google_service_account", "google_storage_bucket_object"],
    modelRegistry: [
      "google_cloud_run_v2_job",
      "google_cloud_run_v2_service",
      "google_project_iam_member",
      "google_service_account",
      "google_sql_user",
      "google_storage_bucket_iam_member",
    ],
    monitoring: [
      "google_logging_metric",
      "google_logging_project_bucket_config",
      "google_monitoring_alert_policy",
      "google_monitoring_custom_service",
      "google_monitoring_dashboard",
      "google_monitoring_notification_channel",
      "google_monitoring_slo",
    ],
    network: [
      "google_compute_firewall",
      "google_compute_global_address",
      "google_compute_network",
      "google_compute_route",
      "google_compute_router",
      "google_compute_router_nat",
      "google_compute_subnetwork",
      "google_dns_managed_zone",
      "google_dns_record_set",
      "google_service_networking_connection",
    ],
    notebooks: [
      "google_project_iam_member",
      "google_service_account",
      "google_storage_bucket_iam_member",
      "google_workbench_instance",
    ],
    objectStore: ["google_storage_bucket"],
    orchestrator: [
      "google_compute_network_attachment",
      "google_project_iam_member",
      "google_service_account",
      "google_service_account_iam_member",
    ],
    pipelineDefinitions: ["google_storage_bucket_object"],
    pipelineTrigger: [
      "google_cloud_run_v2_service",
      "google_cloud_run_v2_service_iam_member",
      "google_eventarc_trigger",
      "google_logging_project_sink",
      "google_project_iam_member",
      "google_pubsub_subscription",
      "google_pubsub_subscription_iam_member",
      "google_pubsub_topic_iam_member",
      "google_service_account",
      "google_service_account_iam_member",
    ],
    pretrainedModels: ["google_org_policy_policy"],
    schedule: ["google_cloud_scheduler_job"],
    secretStore: [
      "google_project_iam_custom_role",
      "google_project_iam_member",
      "google_secret_manager_secret",
      "google_service_account",
    ],
    training: [],
    workflowEngine: [
      "google_composer_environment",
      "google_project_iam_member",
      "google_pubsub_topic_iam_member",
      "google_service_account",
      "google_storage_bucket",
      "google_storage_bucket_iam_member",
      "google_storage_bucket_object",
    ],
    workloadIdentity: ["google_service_account"],
  },
  pipelineStore: true,
  declaresSecrets: true,
  address: /^(https|postgresql):\/\/\S+$/,
};

/** What Azure's layers have whatever is made in them: it is no part of a contract. */
const GROUND = /\/(Ground|Containers|Workspace)\//;

/** Resource types that a part makes. */
function typesOfParts({ resource }: SynthesizedStack): readonly string[] {
  return Object.entries(resource)
    .filter(([, byId]) => Object.values(byId as object).some((made) => !GROUND.test(made["//"].metadata.path)))
    .map(([type]) => type)
    .sort();
}

const azure: PlatformUnderTest = {
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

/** Every platform that there is. */
export const PLATFORMS: readonly PlatformUnderTest[] = [local, gcp, azure];
