/**
 * Every type of resource that the estate can have: free, paid by meters, or without a price that is known here. A type
 * that is new fails the tests until it has a line.
 */
import { type CostContext, instance, nat, nodePool, notebook, type Use } from "./machines";
import * as services from "./services";

/** How a type of resource is paid for. */
export type Treatment =
  | { readonly free: string }
  | { readonly unpriced: string }
  | { uses(attributes: unknown, context: CostContext): readonly Use[] };

const SETTING = { free: "a setting" };
const RIGHTS = { free: "identities and rights cost nothing" };
const OF_ANOTHER = { free: "counted with what it belongs to" };
const NO_PRICE = { unpriced: "no dated price at hand" };

/** By type of the provider. Members of roles (`*_iam_member`) are free and not listed. */
export const TYPES: Readonly<Record<string, Treatment>> = {
  google_artifact_registry_repository: { uses: services.repository },
  google_bigquery_dataset: { free: "its tables are counted; queries are not" },
  google_bigquery_table: { uses: (_table, { assume }) => [{ sku: "bigquery.storage", quantity: assume("tableGiB") }] },
  google_billing_budget: SETTING,
  google_binary_authorization_policy: NO_PRICE,
  google_cloud_run_v2_job: { uses: services.runJob },
  google_cloud_run_v2_service: { uses: services.runService },
  google_cloud_scheduler_job: NO_PRICE,
  google_cloudbuild_trigger: { uses: services.trigger },
  google_cloudbuild_worker_pool: { uses: services.workerPool },
  google_cloudbuildv2_repository: SETTING,
  google_composer_environment: NO_PRICE,
  google_compute_address: { uses: services.address },
  google_compute_firewall: { free: "rules cost nothing; their logs are counted with the logs" },
  google_compute_global_address: { uses: services.address },
  google_compute_instance: { uses: instance },
  google_compute_network: { free: "the network itself costs nothing; traffic is not counted" },
  google_compute_network_attachment: SETTING,
  google_compute_route: SETTING,
  google_compute_router: { free: "its gateway is counted" },
  google_compute_router_nat: { uses: nat },
  google_compute_subnetwork: { free: "part of the network; its logs are counted with the logs" },
  google_container_cluster: { uses: services.cluster },
  google_container_node_pool: { uses: nodePool },
  google_data_fusion_instance: NO_PRICE,
  google_dataproc_autoscaling_policy: SETTING,
  google_dns_managed_zone: { uses: services.zone },
  google_dns_record_set: OF_ANOTHER,
  google_eventarc_trigger: NO_PRICE,
  google_iam_workload_identity_pool: RIGHTS,
  google_iam_workload_identity_pool_provider: RIGHTS,
  google_kms_crypto_key: { uses: services.key },
  google_kms_key_ring: { free: "its keys are counted" },
  google_logging_metric: { uses: (_metric, { assume }) => [{ sku: "metrics.data", quantity: assume("metricMiB") }] },
  google_logging_project_bucket_config: { uses: services.logBucket },
  google_logging_project_sink: { free: "routing costs nothing; where it leads to is counted" },
  google_monitoring_alert_policy: NO_PRICE,
  google_monitoring_custom_service: SETTING,
  google_monitoring_dashboard: SETTING,
  google_monitoring_notification_channel: SETTING,
  google_monitoring_slo: SETTING,
  google_org_policy_policy: SETTING,
  google_project_iam_audit_config: { free: "what it logs is counted with the logs" },
  google_project_iam_custom_role: RIGHTS,
  google_project_service: SETTING,
  google_pubsub_subscription: { uses: services.subscription },
  google_pubsub_topic: { uses: services.topic },
  google_secret_manager_secret: { uses: services.secret },
  google_secret_manager_secret_version: OF_ANOTHER,
  google_secure_source_manager_instance: NO_PRICE,
  google_secure_source_manager_repository: OF_ANOTHER,
  google_service_account: RIGHTS,
  google_service_networking_connection: SETTING,
  google_sql_database: OF_ANOTHER,
  google_sql_database_instance: { uses: services.database },
  google_sql_user: OF_ANOTHER,
  google_storage_bucket: { uses: services.bucket },
  google_storage_bucket_object: OF_ANOTHER,
  google_vertex_ai_dataset: OF_ANOTHER,
  google_vertex_ai_endpoint: { unpriced: "the machines of the models that a release puts on it" },
  google_vertex_ai_feature_group: { free: "names columns of a table, which is counted" },
  google_vertex_ai_feature_group_feature: { free: "names a column of a table, which is counted" },
  google_vertex_ai_feature_online_store: NO_PRICE,
  google_vertex_ai_feature_online_store_featureview: { unpriced: "no dated price at hand for its synchronisation" },
  google_vertex_ai_tensorboard: NO_PRICE,
  google_workbench_instance: { uses: notebook },
};

/** How a type is paid for. What has no line counts as not priced. */
export function treatmentOf(type: string): Treatment {
  return TYPES[type] ?? { unpriced: "a type of resource that the estimate does not know" };
}

/** What costs money and no resource states, so that no estimate from resources holds it. */
export const NOT_COUNTED: readonly string[] = [
  "training and pipeline runs: jobs on Vertex AI that start when they are asked for",
  "traffic to the internet, between zones and between regions",
  "requests to buckets, and queries of BigQuery",
  "load balancers and disks that the cluster makes for what runs in it",
  "free allowances, discounts, support and taxes",
  "changes of spot prices, which Google makes up to once a month",
];
