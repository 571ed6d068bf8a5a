import { GcpPlatform } from "../../lib/gcp/platform";
import { LocalPlatform } from "../../lib/local/platform";
import { PRODUCTION } from "../gcp/support";
import { localEnvironment } from "../support/fixtures";
import type { SynthesizedStack } from "../support/synth";
import { azure } from "./azure-platform";
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

/** Every platform that there is. */
export const PLATFORMS: readonly PlatformUnderTest[] = [local, gcp, azure];
