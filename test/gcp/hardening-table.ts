/**
 * What benchmarks, scanners and the provider's documentation ask of each kind of resource, written down apart from the
 * rules: the mutation run takes these away one by one and looks whether any rule notices. `name(entry)` is the entry of
 * that name in a list.
 */

/** Attributes by type. */
export const HARDENING_TABLE: Readonly<Record<string, readonly string[]>> = {
  google_container_cluster: [
    "deletion_protection",
    "private_cluster_config",
    "private_cluster_config.enable_private_nodes",
    "private_cluster_config.enable_private_endpoint",
    "private_cluster_config.private_endpoint_subnetwork",
    "master_authorized_networks_config",
    "networking_mode",
    "ip_allocation_policy",
    "ip_allocation_policy.cluster_secondary_range_name",
    "ip_allocation_policy.services_secondary_range_name",
    "datapath_provider",
    "network_policy",
    "enable_intranode_visibility",
    "enable_shielded_nodes",
    "workload_identity_config.workload_pool",
    "database_encryption.state",
    "database_encryption.key_name",
    "binary_authorization.evaluation_mode",
    "release_channel.channel",
    "maintenance_policy",
    "master_auth.client_certificate_config.issue_client_certificate",
    "enable_legacy_abac",
    "authenticator_groups_config.security_group",
    "logging_config",
    "monitoring_config",
    "monitoring_config.managed_prometheus",
    "remove_default_node_pool",
    "initial_node_count",
    "node_config",
    "node_config.service_account",
    "node_config.workload_metadata_config.mode",
    "node_config.shielded_instance_config.enable_secure_boot",
    "node_config.shielded_instance_config.enable_integrity_monitoring",
    "resource_labels",
    "enable_kubernetes_alpha",
    "security_posture_config.mode",
    "security_posture_config.vulnerability_mode",
    "node_pool_defaults.node_config_defaults.insecure_kubelet_readonly_port_enabled",
    "node_pool_auto_config.node_kubelet_config.insecure_kubelet_readonly_port_enabled",
    "anonymous_authentication_config.mode",
    "rbac_binding_config.enable_insecure_binding_system_authenticated",
    "rbac_binding_config.enable_insecure_binding_system_unauthenticated",
  ],
  google_container_node_pool: [
    "management.auto_repair",
    "management.auto_upgrade",
    "node_config.shielded_instance_config.enable_secure_boot",
    "node_config.shielded_instance_config.enable_integrity_monitoring",
    "node_config.workload_metadata_config.mode",
    "node_config.service_account",
    "node_config.image_type",
    "node_config.boot_disk_kms_key",
    "node_config.guest_accelerator.type",
    "node_config.guest_accelerator.count",
    "node_config.guest_accelerator.gpu_driver_installation_config",
    "node_config.taint",
    "autoscaling.min_node_count",
    "autoscaling.location_policy",
    "node_locations",
  ],
  google_artifact_registry_repository: [
    "kms_key_name",
    "docker_config.immutable_tags",
    "cleanup_policies",
    "cleanup_policy_dry_run",
    "vulnerability_scanning_config",
  ],
  google_storage_bucket: [
    "uniform_bucket_level_access",
    "public_access_prevention",
    "versioning.enabled",
    "logging.log_bucket",
    "encryption.default_kms_key_name",
    "soft_delete_policy",
    "lifecycle_rule",
    "force_destroy",
    "retention_policy.is_locked",
    "lifecycle.prevent_destroy",
  ],
  google_sql_database_instance: [
    "settings.ip_configuration.ipv4_enabled",
    "settings.ip_configuration.private_network",
    "settings.ip_configuration.ssl_mode",
    "settings.backup_configuration.enabled",
    "settings.backup_configuration.point_in_time_recovery_enabled",
    "settings.retain_backups_on_delete",
    "settings.availability_type",
    "deletion_protection",
    "settings.deletion_protection_enabled",
    "encryption_key_name",
    "database_version",
    "settings.password_validation_policy",
    "settings.backup_configuration.binary_log_enabled",
    "settings.database_flags(local_infile)",
    "settings.database_flags(cloudsql_iam_authentication)",
    "settings.database_flags(log_checkpoints)",
    "settings.database_flags(log_connections)",
    "settings.database_flags(log_disconnections)",
    "settings.database_flags(log_lock_waits)",
    "settings.database_flags(log_duration)",
    "settings.database_flags(log_hostname)",
    "settings.database_flags(cloudsql.enable_pgaudit)",
    "settings.database_flags(log_temp_files)",
    "settings.database_flags(log_min_duration_statement)",
    "settings.database_flags(log_statement)",
    "settings.database_flags(log_min_error_statement)",
    "settings.database_flags(log_executor_stats)",
    "settings.database_flags(log_parser_stats)",
    "settings.database_flags(log_planner_stats)",
    "settings.database_flags(log_statement_stats)",
    "settings.database_flags(cloudsql.iam_authentication)",
  ],
  google_sql_user: ["type"],
  google_cloud_run_v2_service: [
    "ingress",
    "invoker_iam_disabled",
    "template.service_account",
    "template.vpc_access",
    "template.vpc_access.egress",
    "binary_authorization.use_default",
    "template.encryption_key",
    "template.containers.image",
    "deletion_protection",
    "default_uri_disabled",
  ],
  google_cloud_run_v2_job: [
    "template.template.service_account",
    "template.template.vpc_access",
    "template.template.encryption_key",
    "template.template.containers.image",
    "binary_authorization.use_default",
    "deletion_protection",
  ],
  google_cloudbuild_trigger: [
    "service_account",
    "approval_config.approval_required",
    "repository_event_config.push.branch",
    "repository_event_config.push.tag",
    "repository_event_config.pull_request.branch",
    "repository_event_config.pull_request.comment_control",
    "build.step.name",
  ],
  google_cloudbuild_worker_pool: ["worker_config.no_external_ip"],
  google_kms_crypto_key: ["rotation_period", "lifecycle.prevent_destroy"],
  google_kms_key_ring: ["lifecycle.prevent_destroy"],
  google_secret_manager_secret: ["replication", "version_destroy_ttl", "deletion_protection", "rotation"],
  google_secret_manager_secret_version: ["secret_data_wo"],
  google_compute_network: ["auto_create_subnetworks"],
  google_compute_subnetwork: ["private_ip_google_access", "log_config", "private_ipv6_google_access"],
  google_compute_firewall: ["source_ranges", "deny", "log_config"],
  google_project: ["auto_create_network", "deletion_policy"],
  google_project_service: ["disable_on_destroy"],
  google_iam_workload_identity_pool_provider: ["attribute_condition", "attribute_mapping", "oidc.issuer_uri"],
  google_pubsub_topic: ["kms_key_name"],
  google_pubsub_subscription: [
    "dead_letter_policy",
    "expiration_policy.ttl",
    "push_config.oidc_token.service_account_email",
  ],
  google_vertex_ai_dataset: ["encryption_spec.kms_key_name"],
  google_vertex_ai_endpoint: ["encryption_spec.kms_key_name", "network", "private_service_connect_config"],
  google_vertex_ai_metadata_store: ["encryption_spec.kms_key_name"],
  google_vertex_ai_featurestore: ["encryption_spec.kms_key_name"],
  google_vertex_ai_tensorboard: ["encryption_spec.kms_key_name"],
  google_workbench_instance: [
    "gce_setup.disable_public_ip",
    "gce_setup.boot_disk.kms_key",
    "gce_setup.boot_disk.disk_encryption",
    "gce_setup.data_disks.kms_key",
    "gce_setup.data_disks.disk_encryption",
    "gce_setup.shielded_instance_config",
    "gce_setup.shielded_instance_config.enable_secure_boot",
    "gce_setup.shielded_instance_config.enable_vtpm",
    "gce_setup.shielded_instance_config.enable_integrity_monitoring",
    "gce_setup.service_accounts.email",
  ],
  google_compute_instance: [
    "shielded_instance_config",
    "service_account.email",
    "boot_disk.kms_key_self_link",
    "metadata.block-project-ssh-keys",
    "deletion_protection",
    "shielded_instance_config.enable_secure_boot",
    "shielded_instance_config.enable_vtpm",
    "shielded_instance_config.enable_integrity_monitoring",
  ],
  google_bigquery_dataset: ["default_encryption_configuration.kms_key_name", "delete_contents_on_destroy"],
  google_bigquery_table: ["encryption_configuration.kms_key_name", "deletion_protection"],
  google_dns_managed_zone: ["dnssec_config.state"],
  google_compute_ssl_policy: ["profile"],
  google_project_iam_member: ["role", "member"],
  google_project_iam_custom_role: ["permissions"],
  google_compute_router_nat: ["log_config.enable"],
  google_compute_address: ["address_type"],
  google_logging_project_sink: ["unique_writer_identity"],
  google_logging_project_bucket_config: ["retention_days"],
  google_cloud_scheduler_job: ["http_target"],
  google_eventarc_trigger: ["service_account"],
  google_workflows_workflow: ["service_account", "crypto_key_name"],
  google_vertex_ai_feature_online_store: ["force_destroy"],
  google_composer_environment: [
    "config.enable_private_environment",
    "config.node_config.service_account",
    "config.encryption_config.kms_key_name",
  ],
  google_data_fusion_instance: ["private_instance", "crypto_key_config.key_reference", "enable_stackdriver_logging"],
  google_dataproc_batch: [
    "environment_config.execution_config.service_account",
    "environment_config.execution_config.kms_key",
  ],
  google_secure_source_manager_instance: ["private_config.is_private"],
  google_binary_authorization_policy: [
    "default_admission_rule.evaluation_mode",
    "default_admission_rule.enforcement_mode",
  ],
};

/** An attribute that no rule asks for, at least not everywhere. */
export interface Exception {
  readonly reason: string;
  /** Addresses whose loss no rule minds. @default - no resource has the attribute, so that it is never taken away */
  readonly resources?: RegExp;
}

/** Attributes of the table that are never taken away, or whose loss no rule minds. Each is needed: a test says so. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  "google_container_cluster.private_cluster_config.private_endpoint_subnetwork": {
    reason:
      "the control plane has a range of its own in the address plan (master_ipv4_cidr_block); the rule takes either",
  },
  "google_container_node_pool.autoscaling.min_node_count": {
    reason: "the least is what a person writes into pools.NAME.min, by default 0, and is written over all zones",
  },
  "google_container_node_pool.node_config.taint": {
    reason: "asked of pools with GPUs only: pods without a GPU have to go somewhere",
    resources: /Pools_(cpu|system)_/,
  },
  "google_container_node_pool.autoscaling.location_policy": {
    reason: "asked of pools with GPUs only: processors do not run out zone by zone",
    resources: /Pools_(cpu|system)_/,
  },
  "google_container_node_pool.node_locations": {
    reason: "asked of pools with GPUs only: without it a pool is in every zone of its cluster",
    resources: /Pools_(cpu|system)_/,
  },
  "google_storage_bucket.lifecycle.prevent_destroy": {
    reason:
      "asked of the bucket of Terraform's state, which bootstrap makes and no stack holds; the others are guarded by " +
      "force_destroy and by the review of plans, which refuses the loss of protected types",
  },
  "google_sql_database_instance.settings.backup_configuration.binary_log_enabled": {
    reason: "for MySQL, which is beside PostgreSQL only where Kubeflow needs it; the rule is proved by its fixture",
  },
  "google_sql_database_instance.settings.database_flags(local_infile)": {
    reason: "for MySQL, which is beside PostgreSQL only where Kubeflow needs it; the rule is proved by its fixture",
  },
  "google_sql_database_instance.settings.database_flags(cloudsql_iam_authentication)": {
    reason: "for MySQL, which is beside PostgreSQL only where Kubeflow needs it; the rule is proved by its fixture",
  },
  "google_cloud_run_v2_service.default_uri_disabled": {
    reason:
      "asked of services behind a load balancer; these have none, and their own address is the one that is called",
  },
  "google_cloudbuild_trigger.approval_config.approval_required": {
    reason:
      "asked of triggers that deploy: a pull request's build only tests, and nobody would wait for a person there",
    resources: /Triggers_pull-request_/,
  },
  "google_secret_manager_secret.rotation": {
    reason:
      "it only sends reminders to a topic; secrets here are containers whose values people or the source host give, and " +
      "databases are entered without passwords",
  },
  "google_compute_subnetwork.private_ipv6_google_access": {
    reason: "asked of subnets with IPv6; these have IPv4 only, where leaving it out means off",
    resources: /Subnet-/,
  },
  "google_compute_firewall.log_config": {
    reason: "asked of the rules that deny; what is let pass is in the subnets' flow logs, which are asked for",
    resources: /BetweenWorkers|Clients/,
  },
  "google_vertex_ai_endpoint.network": {
    reason: "endpoints are reached by Private Service Connect, which excludes it; the rule takes either",
  },
  "google_vertex_ai_metadata_store.encryption_spec.kms_key_name": {
    reason: "the store that Vertex AI makes by itself is used; the type is in the beta provider only",
  },
  "google_vertex_ai_featurestore.encryption_spec.kms_key_name": {
    reason: "the older product; features are a BigQuery table, whose key is asked for, and an online view of it",
  },
  "google_project.auto_create_network": { reason: "projects are the organisation's: the platform is given one" },
  "google_project.deletion_policy": { reason: "projects are the organisation's: the platform is given one" },
  "google_dns_managed_zone.dnssec_config.state": {
    reason: "the zones are private, and DNSSEC is for public ones; the rule is proved by its fixture",
  },
  "google_compute_ssl_policy.profile": { reason: "there is no load balancer outside of the cluster to have one" },
  "google_cloudbuild_trigger.build.step.name": {
    reason: "builds stand in files of the repository, not in triggers; the rule is proved by its fixture",
  },
  "google_cloud_scheduler_job.http_target": {
    reason: "schedules publish to the topic and call no address; the rule is proved by its fixture",
  },
  "google_workflows_workflow.service_account": {
    reason: "the workflow engine is Composer; the rule is proved by its fixture",
  },
  "google_workflows_workflow.crypto_key_name": {
    reason: "the workflow engine is Composer; the rule is proved by its fixture",
  },
  "google_dataproc_batch.environment_config.execution_config.service_account": {
    reason: "batches are started by steps, not by Terraform; the rule is proved by its fixture",
  },
  "google_dataproc_batch.environment_config.execution_config.kms_key": {
    reason: "batches are started by steps, not by Terraform; the rule is proved by its fixture",
  },
  "google_secure_source_manager_instance.private_config.is_private": {
    reason: "source code is at another host in these environments; the rule is proved by its fixture",
  },
};
