/** What of the table may be lost without a rule that minds. */
import type { Exception } from "../support/mutation";

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
