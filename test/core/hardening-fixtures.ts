/** For each kind of resource: the smallest that keeps every rule, in every environment. */
import type { Resource } from "../../lib/core/hardening";

import {
  ACCOUNT,
  BUCKET,
  CLUSTER,
  database,
  EGRESS,
  GPU_POOL,
  IMAGE,
  KEY,
  LOG,
  NOTEBOOK,
  POOL,
  POSTGRES,
  SERVICE,
  SHIELDED,
  TRIGGER,
} from "./hardening-parts";

/** Resources by type; several where a type has several forms. */
export const FIXTURES: Readonly<Record<string, readonly Resource[]>> = {
  google_artifact_registry_repository: [
    {
      format: "DOCKER",
      kms_key_name: KEY,
      docker_config: { immutable_tags: true },
      cleanup_policies: [{ id: "keep", action: "KEEP" }],
      cleanup_policy_dry_run: false,
      vulnerability_scanning_config: { enablement_config: "INHERITED" },
    },
    {
      format: "PYTHON",
      mode: "REMOTE_REPOSITORY",
      kms_key_name: KEY,
      cleanup_policies: [{ id: "old", action: "DELETE" }],
      cleanup_policy_dry_run: false,
    },
  ],
  google_bigquery_dataset: [
    { default_encryption_configuration: { kms_key_name: KEY }, access: [], delete_contents_on_destroy: false },
  ],
  google_bigquery_table: [{ encryption_configuration: { kms_key_name: KEY }, deletion_protection: true }],
  google_binary_authorization_policy: [
    {
      default_admission_rule: {
        evaluation_mode: "ALWAYS_DENY",
        enforcement_mode: "ENFORCED_BLOCK_AND_AUDIT_LOG",
      },
    },
  ],
  google_cloud_run_v2_job: [
    {
      deletion_protection: true,
      binary_authorization: { use_default: true },
      template: {
        template: { service_account: ACCOUNT, encryption_key: KEY, vpc_access: EGRESS, containers: [{ image: IMAGE }] },
      },
    },
  ],
  google_cloud_run_v2_service: [SERVICE],
  google_cloud_scheduler_job: [{ http_target: { oidc_token: { service_account_email: ACCOUNT } } }],
  google_cloudbuild_trigger: [
    { ...TRIGGER, repository_event_config: { push: { branch: "^main$" } } },
    { ...TRIGGER, repository_event_config: { push: { tag: "^v.*$" } } },
    {
      ...TRIGGER,
      repository_event_config: { pull_request: { branch: "^main$", comment_control: "COMMENTS_ENABLED" } },
    },
  ],
  google_cloudbuild_worker_pool: [{ worker_config: { no_external_ip: true } }],
  google_composer_environment: [
    {
      config: {
        enable_private_environment: true,
        node_config: { service_account: ACCOUNT },
        encryption_config: { kms_key_name: KEY },
      },
    },
  ],
  google_compute_address: [{ address_type: "INTERNAL", purpose: "GCE_ENDPOINT" }],
  google_compute_firewall: [
    { direction: "INGRESS", source_ranges: ["10.0.0.0/8"], allow: [{ protocol: "tcp" }], log_config: LOG },
    { direction: "EGRESS", destination_ranges: ["0.0.0.0/0"], deny: [{ protocol: "all" }], log_config: LOG },
  ],
  google_compute_instance: [
    {
      network_interface: [{ subnetwork: "sub" }],
      shielded_instance_config: SHIELDED,
      service_account: { email: ACCOUNT },
      boot_disk: { kms_key_self_link: KEY },
      metadata: { "block-project-ssh-keys": "true" },
      deletion_protection: true,
    },
  ],
  google_compute_network: [{ auto_create_subnetworks: false }],
  google_compute_router_nat: [{ log_config: { enable: true } }],
  google_compute_subnetwork: [
    {
      private_ip_google_access: true,
      log_config: { flow_sampling: 0.5 },
      stack_type: "IPV4_IPV6",
      private_ipv6_google_access: "ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE",
    },
  ],
  google_container_cluster: [CLUSTER],
  google_container_node_pool: [POOL, GPU_POOL],
  google_data_fusion_instance: [
    { private_instance: true, crypto_key_config: { key_reference: KEY }, enable_stackdriver_logging: true },
  ],
  google_dataproc_batch: [{ environment_config: { execution_config: { service_account: ACCOUNT, kms_key: KEY } } }],
  google_dns_managed_zone: [
    { visibility: "public", dnssec_config: { state: "on", default_key_specs: [{ algorithm: "ecdsap256sha256" }] } },
  ],
  google_eventarc_trigger: [{ service_account: ACCOUNT }],
  google_iam_workload_identity_pool_provider: [
    {
      attribute_condition: "assertion.sub == 'repo:acme/ml:environment:prod' && assertion.repository_owner_id == '7'",
      attribute_mapping: { "google.subject": "assertion.sub" },
      oidc: { issuer_uri: "https://token.actions.githubusercontent.com" },
    },
    {
      attribute_condition:
        "assertion.repository == 'acme/ml' && (assertion.sub == 'repo:acme/ml:pull_request' || assertion.sub == 'repo:acme/ml:environment:prod')",
      attribute_mapping: { "google.subject": "assertion.sub" },
      oidc: { issuer_uri: "https://token.actions.githubusercontent.com" },
    },
    {
      attribute_condition: "assertion.sub.contains('/a/rIS/sc/') && (assertion.sub.split('/sc/')[1] == 'acme/deploy')",
      attribute_mapping: { "google.subject": "assertion.sub.split('/sc/')[1]" },
      oidc: { issuer_uri: "https://login.microsoftonline.com/1b2c3d4e-0000-4000-8000-000000000001/v2.0" },
    },
    {
      attribute_condition: "assertion.sub in ['repo:acme/ml:environment:prod', 'repo:acme/ml:environment:plan']",
      attribute_mapping: { "google.subject": "assertion.sub" },
      oidc: { issuer_uri: "https://token.actions.githubusercontent.com" },
    },
  ],
  google_kms_crypto_key: [
    { rotation_period: "7776000s", destroy_scheduled_duration: "2592000s", lifecycle: { prevent_destroy: true } },
  ],
  google_kms_key_ring: [{ lifecycle: { prevent_destroy: true } }],
  google_logging_project_bucket_config: [{ retention_days: 90 }],
  google_logging_project_sink: [{ unique_writer_identity: true }],
  google_project_iam_custom_role: [{ permissions: ["storage.objects.get"] }],
  google_project_iam_member: [{ role: "roles/logging.logWriter", member: `serviceAccount:${ACCOUNT}` }],
  google_project_service: [{ disable_on_destroy: false }],
  google_pubsub_subscription: [
    {
      name: "retrain",
      dead_letter_policy: { dead_letter_topic: "dead" },
      expiration_policy: { ttl: "" },
      push_config: { push_endpoint: "https://trigger.example", oidc_token: { service_account_email: ACCOUNT } },
    },
  ],
  google_pubsub_topic: [{ kms_key_name: KEY }],
  google_secret_manager_secret: [
    {
      replication: {
        user_managed: {
          replicas: [{ location: "asia-northeast3", customer_managed_encryption: { kms_key_name: KEY } }],
        },
      },
      version_destroy_ttl: "604800s",
      deletion_protection: true,
    },
    {
      replication: { auto: { customer_managed_encryption: { kms_key_name: KEY } } },
      version_destroy_ttl: "604800s",
      deletion_protection: true,
    },
  ],
  google_secret_manager_secret_version: [{ secret_data_wo: "${ephemeral.random_password.it.result}" }],
  google_secure_source_manager_instance: [{ private_config: { is_private: true } }],
  google_service_account_iam_member: [
    { role: "roles/iam.workloadIdentityUser", member: "serviceAccount:acme.svc.id.goog[serving/api]" },
  ],
  google_sql_database_instance: [
    database("POSTGRES_18", { point_in_time_recovery_enabled: true }, POSTGRES),
    database("MYSQL_8_0", { binary_log_enabled: true }, { local_infile: "off", cloudsql_iam_authentication: "on" }),
  ],
  google_sql_user: [{ type: "CLOUD_IAM_SERVICE_ACCOUNT" }, { password_wo: "${ephemeral.random_password.it.result}" }],
  google_storage_bucket: [
    BUCKET,
    {
      name: "acme-test-log-archive",
      uniform_bucket_level_access: true,
      public_access_prevention: "enforced",
      force_destroy: false,
      encryption: { default_kms_key_name: KEY },
      soft_delete_policy: { retention_duration_seconds: 604800 },
      logging: { log_bucket: "acme-test-access-logs" },
      lifecycle_rule: [{ action: { type: "Delete" }, condition: { age: 400 } }],
      retention_policy: { is_locked: true, retention_period: 34560000 },
    },
  ],
  google_vertex_ai_dataset: [{ encryption_spec: { kms_key_name: KEY } }],
  google_vertex_ai_endpoint: [
    { encryption_spec: { kms_key_name: KEY }, network: "projects/1/global/networks/net" },
    {
      encryption_spec: { kms_key_name: KEY },
      private_service_connect_config: { enable_private_service_connect: true },
    },
  ],
  google_vertex_ai_feature_online_store: [{ force_destroy: false }],
  google_vertex_ai_tensorboard: [{ encryption_spec: { kms_key_name: KEY } }],
  google_workbench_instance: [NOTEBOOK],
  google_workflows_workflow: [{ service_account: ACCOUNT, crypto_key_name: KEY }],
};
