/** Parts that the fixtures of several kinds of resources share, and the large ones. */
import type { Resource } from "../../lib/core/hardening";

export const KEY = "projects/acme/locations/asia-northeast3/keyRings/ring/cryptoKeys/storage";
export const ACCOUNT = "acme-test-worker@acme.iam.gserviceaccount.com";
export const IMAGE = `asia-northeast3-docker.pkg.dev/acme/images/serving@sha256:${"a".repeat(64)}`;
export const SHIELDED = { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true };
export const LOG = { metadata: "INCLUDE_ALL_METADATA" };
export const EGRESS = { egress: "ALL_TRAFFIC", network_interfaces: [{ network: "net", subnetwork: "sub" }] };

const flags = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

export const database = (version: string, backup: Resource, values: Readonly<Record<string, string>>): Resource => ({
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

export const POSTGRES = {
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

export const CLUSTER: Resource = {
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

export const POOL: Resource = {
  management: { auto_repair: true, auto_upgrade: true },
  node_config: {
    ...NODE,
    image_type: "COS_CONTAINERD",
    boot_disk_kms_key: KEY,
    kubelet_config: { insecure_kubelet_readonly_port_enabled: "FALSE" },
  },
};

export const GPU_POOL: Resource = {
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

export const BUCKET: Resource = {
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

export const SERVICE: Resource = {
  ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  invoker_iam_disabled: false,
  deletion_protection: true,
  binary_authorization: { use_default: true },
  template: { service_account: ACCOUNT, encryption_key: KEY, vpc_access: EGRESS, containers: [{ image: IMAGE }] },
};

export const TRIGGER: Resource = {
  service_account: `projects/acme/serviceAccounts/${ACCOUNT}`,
  approval_config: { approval_required: true },
  build: { step: [{ name: IMAGE }] },
};

export const NOTEBOOK: Resource = {
  gce_setup: {
    disable_public_ip: true,
    boot_disk: { disk_encryption: "CMEK", kms_key: KEY },
    data_disks: { disk_encryption: "CMEK", kms_key: KEY },
    shielded_instance_config: SHIELDED,
    service_accounts: [{ email: ACCOUNT }],
  },
};
