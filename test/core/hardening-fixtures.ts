/** For each kind of resource: the smallest that keeps every rule, in every environment. */
import type { Resource } from "../../lib/core/hardening";

const KEY = "projects/acme/locations/asia-northeast3/keyRings/ring/cryptoKeys/storage";
const ACCOUNT = "acme-test-worker@acme.iam.gserviceaccount.com";
const IMAGE = `asia-northeast3-docker.pkg.dev/acme/images/serving@sha256:${"a".repeat(64)}`;
const SHIELDED = { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true };
const LOG = { metadata: "INCLUDE_ALL_METADATA" };
const EGRESS = { egress: "ALL_TRAFFIC", network_interfaces: [{ network: "net", subnetwork: "sub" }] };

const flags = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

const database = (version: string, backup: Resource, values: Readonly<Record<string, string>>): Resource => ({
  database_version: version,
  deletion_protection: true,
  encryption_key_name: KEY,
  settings: {
    availability_type: "REGIONAL",
    deletion_protection_enabled: true,
    retain_backups_on_delete: true,
    ip_configuration: { ipv4_enabled: false, private_network: "net", ssl_mode: "ENCRYPTED_ONLY" },
    backup_configuration: { enabled: true, ...backup },
    password_validation_policy: { enable_password_policy: true },
    database_flags: flags(values),
  },
});

const POSTGRES = {
  log_checkpoints: "on",
  log_connections: "on",
  log_disconnections: "on",
  log_lock_waits: "on",
  log_min_error_statement: "error",
  log_temp_files: "0",
  log_min_duration_statement: "-1",
  log_hostname: "on",
  log_statement: "ddl",
  log_duration: "on",
  "cloudsql.enable_pgaudit": "on",
  "cloudsql.iam_authentication": "on",
  log_executor_stats: "off",
  log_parser_stats: "off",
  log_planner_stats: "off",
  log_statement_stats: "off",
};

const NODE = {
  service_account: ACCOUNT,
  workload_metadata_config: { mode: "GKE_METADATA" },
  shielded_instance_config: { enable_secure_boot: true, enable_integrity_monitoring: true },
};

const CLUSTER: Resource = {
  deletion_protection: true,
  private_cluster_config: {
    enable_private_nodes: true,
    enable_private_endpoint: true,
    private_endpoint_subnetwork: "control",
  },
  master_authorized_networks_config: { cidr_blocks: [{ cidr_block: "10.20.0.0/20" }] },
  networking_mode: "VPC_NATIVE",
  ip_allocation_policy: { cluster_secondary_range_name: "pods", services_secondary_range_name: "services" },
  datapath_provider: "ADVANCED_DATAPATH",
  network_policy: { enabled: false },
  enable_intranode_visibility: true,
  enable_shielded_nodes: true,
  workload_identity_config: { workload_pool: "acme.svc.id.goog" },
  database_encryption: { state: "ENCRYPTED", key_name: KEY },
  binary_authorization: { evaluation_mode: "PROJECT_SINGLETON_POLICY_ENFORCE" },
  release_channel: { channel: "STABLE" },
  maintenance_policy: { recurring_window: { recurrence: "FREQ=WEEKLY" } },
  master_auth: { client_certificate_config: { issue_client_certificate: false } },
  enable_legacy_abac: false,
  authenticator_groups_config: { security_group: "gke-security-groups@acme.example" },
  logging_config: { enable_components: ["SYSTEM_COMPONENTS", "WORKLOADS"] },
  monitoring_config: { enable_components: ["SYSTEM_COMPONENTS"], managed_prometheus: { enabled: true } },
  remove_default_node_pool: true,
  initial_node_count: 1,
  node_config: NODE,
  resource_labels: { owner: "ml" },
  enable_kubernetes_alpha: false,
  security_posture_config: { mode: "BASIC", vulnerability_mode: "VULNERABILITY_ENTERPRISE" },
  node_pool_defaults: { node_config_defaults: { insecure_kubelet_readonly_port_enabled: "FALSE" } },
  node_pool_auto_config: { node_kubelet_config: { insecure_kubelet_readonly_port_enabled: "FALSE" } },
  anonymous_authentication_config: { mode: "LIMITED" },
  rbac_binding_config: {
    enable_insecure_binding_system_authenticated: false,
    enable_insecure_binding_system_unauthenticated: false,
  },
};

const POOL: Resource = {
  management: { auto_repair: true, auto_upgrade: true },
  node_config: {
    ...NODE,
    image_type: "COS_CONTAINERD",
    boot_disk_kms_key: KEY,
    kubelet_config: { insecure_kubelet_readonly_port_enabled: "FALSE" },
  },
};

const GPU_POOL: Resource = {
  ...POOL,
  node_locations: ["asia-northeast3-a", "asia-northeast3-b"],
  autoscaling: { location_policy: "ANY" },
  node_config: {
    ...NODE,
    image_type: "COS_CONTAINERD",
    boot_disk_kms_key: KEY,
    guest_accelerator: [
      { type: "nvidia-l4", count: 1, gpu_driver_installation_config: { gpu_driver_version: "LATEST" } },
    ],
    taint: [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }],
  },
};

const BUCKET: Resource = {
  name: "acme-test-datasets",
  uniform_bucket_level_access: true,
  public_access_prevention: "enforced",
  force_destroy: false,
  versioning: { enabled: true },
  encryption: { default_kms_key_name: KEY },
  logging: { log_bucket: "acme-test-access-logs" },
  soft_delete_policy: { retention_duration_seconds: 604800 },
  lifecycle_rule: [{ action: { type: "Delete" }, condition: { days_since_noncurrent_time: 30 } }],
};

const SERVICE: Resource = {
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  invoker_iam_disabled: false,
  deletion_protection: true,
  binary_authorization: { use_default: true },
  template: { service_account: ACCOUNT, encryption_key: KEY, vpc_access: EGRESS, containers: [{ image: IMAGE }] },
};

const TRIGGER: Resource = {
  service_account: `projects/acme/serviceAccounts/${ACCOUNT}`,
  approval_config: { approval_required: true },
  build: { step: [{ name: IMAGE }] },
};

const NOTEBOOK: Resource = {
  gce_setup: {
    disable_public_ip: true,
    boot_disk: { disk_encryption: "CMEK", kms_key: KEY },
    data_disks: { disk_encryption: "CMEK", kms_key: KEY },
    shielded_instance_config: SHIELDED,
    service_accounts: [{ email: ACCOUNT }],
  },
};

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
