import { asMap, blocks, type HardeningRule, type Resource } from "../hardening";
import { filled, is, ownKey, shape, text, trueInProduction } from "./demands";

const CLUSTER = "google_container_cluster";

/**
 * Clusters: who reaches and who enters them. Numbers of the CIS benchmark for GKE are those of version 1.9.0, unless
 * another one is named.
 */
export const GOOGLE_CLUSTER: readonly HardeningRule[] = [
  {
    id: "cluster-deletion-protection",
    type: CLUSTER,
    path: "deletion_protection",
    demand: trueInProduction,
    why: "A cluster that is destroyed takes every workload with it.",
    refs: [],
  },
  {
    id: "cluster-private-nodes",
    type: CLUSTER,
    path: "private_cluster_config.enable_private_nodes",
    demand: is(true),
    why: "Nodes with public addresses can be reached from everywhere.",
    refs: ["CKV_GCP_25", "CKV_GCP_64", "CIS GKE 5.6.5"],
  },
  {
    id: "cluster-private-endpoint",
    type: CLUSTER,
    path: "private_cluster_config.enable_private_endpoint",
    demand: is(true),
    only: "production",
    why: "A control plane with a public address is open to whoever gets hold of a credential.",
    refs: ["CKV_GCP_25", "CIS GKE 5.6.4"],
  },
  {
    id: "cluster-endpoint-subnet",
    type: CLUSTER,
    path: "private_cluster_config",
    demand: shape(
      "a place for the control plane: private_endpoint_subnetwork or master_ipv4_cidr_block",
      (config) => Boolean(config.private_endpoint_subnetwork ?? config.master_ipv4_cidr_block),
      ({ private_endpoint_subnetwork: _s, master_ipv4_cidr_block: _r, ...rest }) => [rest],
    ),
    only: "production",
    why: "The control plane's address is part of the address plan, so that firewalls can name it.",
    refs: ["CKV_GCP_25", "CIS GKE 5.6.4"],
  },
  {
    id: "cluster-authorized-networks",
    type: CLUSTER,
    path: "master_authorized_networks_config[]",
    demand: {
      wanted: "present, with named ranges only (no /0)",
      holds: (value) => blocks(value).length > 0 && !blocks(value).some((config) => cidrs(config).some(isAnywhere)),
      wrong: () => [[], [{ cidr_blocks: [{ cidr_block: "0.0.0.0/0" }] }]],
    },
    why: "Without it the control plane's address answers to every network.",
    refs: ["CKV_GCP_18", "CKV_GCP_20", "CIS GKE 5.6.3"],
  },
  {
    id: "cluster-vpc-native",
    type: CLUSTER,
    path: "networking_mode",
    demand: is("VPC_NATIVE"),
    why: "Routes instead of alias addresses let any node claim a pod's address.",
    refs: ["CKV_GCP_23", "CIS GKE 5.6.2"],
  },
  {
    id: "cluster-pod-range",
    type: CLUSTER,
    path: "ip_allocation_policy.cluster_secondary_range_name",
    demand: filled("the name of the pods' range"),
    why: "A range that Google picks is in nobody's address plan.",
    refs: ["CKV_GCP_23", "CIS GKE 5.6.2"],
  },
  {
    id: "cluster-service-range",
    type: CLUSTER,
    path: "ip_allocation_policy.services_secondary_range_name",
    demand: filled("the name of the services' range"),
    why: "A range that Google picks is in nobody's address plan.",
    refs: ["CKV_GCP_23", "CIS GKE 5.6.2"],
  },
  {
    id: "cluster-dataplane",
    type: CLUSTER,
    path: "datapath_provider",
    demand: is("ADVANCED_DATAPATH"),
    why: "Only Dataplane V2 always enforces network policies, and logs what they refuse.",
    refs: ["CKV_GCP_12", "CIS GKE 4.3.1"],
  },
  {
    id: "cluster-network-policy",
    type: CLUSTER,
    path: "network_policy.enabled",
    demand: is(false),
    why: "The older enforcement excludes Dataplane V2; written out, reviewers and scanners see which one it is.",
    refs: ["CKV_GCP_12", "CIS GKE 4.3.1"],
  },
  {
    id: "cluster-intranode-visibility",
    type: CLUSTER,
    path: "enable_intranode_visibility",
    demand: is(true),
    why: "Traffic between pods of one node is in no flow log otherwise.",
    refs: ["CKV_GCP_61", "CIS GKE 5.6.1"],
  },
  {
    id: "cluster-shielded-nodes",
    type: CLUSTER,
    path: "enable_shielded_nodes",
    demand: is(true),
    why: "A machine could pose as a node with a stolen bootstrap credential.",
    refs: ["CKV_GCP_71", "CIS GKE 5.5.5"],
  },
  {
    id: "cluster-workload-identity",
    type: CLUSTER,
    path: "workload_identity_config.workload_pool",
    demand: text(/\.svc\.id\.goog$/, "PROJECT.svc.id.goog", "", "acme.example"),
    why: "Without it every pod has the rights of the node.",
    refs: ["CIS GKE 5.2.2"],
  },
  {
    id: "cluster-secrets-encrypted",
    type: CLUSTER,
    path: "database_encryption.state",
    demand: is("ENCRYPTED"),
    only: "ownKeys",
    why: "Kubernetes secrets would stand in the control plane under no key of ours.",
    refs: ["CIS GKE 5.3.1"],
  },
  {
    id: "cluster-secrets-key",
    type: CLUSTER,
    path: "database_encryption.key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "Kubernetes secrets would stand in the control plane under no key of ours.",
    refs: ["CIS GKE 5.3.1"],
  },
  {
    id: "cluster-client-certificate",
    type: CLUSTER,
    path: "master_auth.client_certificate_config.issue_client_certificate",
    demand: is(false),
    why: "A client certificate cannot be taken back.",
    refs: ["CKV_GCP_13", "CIS GKE 2.1.1"],
  },
  {
    id: "cluster-legacy-abac",
    type: CLUSTER,
    path: "enable_legacy_abac",
    demand: is(false),
    why: "The old access control gives every service account the whole cluster.",
    refs: ["CKV_GCP_7", "CIS GKE 5.8.3"],
  },
  {
    id: "cluster-security-group",
    type: CLUSTER,
    path: "authenticator_groups_config?.security_group",
    demand: text(/^gke-security-groups@.+/, "gke-security-groups@DOMAIN", "", "everybody@acme.example"),
    why: "Only groups inside the group of this name are looked up; with another one all roles by group are void.",
    refs: ["CKV_GCP_65", "CIS GKE 5.8.2"],
  },
  {
    id: "cluster-anonymous-access",
    type: CLUSTER,
    path: "anonymous_authentication_config.mode",
    demand: is("LIMITED"),
    why: "Requests without a name would reach more than the health checks.",
    refs: ["CIS GKE 3.2.1"],
  },
  {
    id: "cluster-no-roles-for-anonymous",
    type: CLUSTER,
    path: "rbac_binding_config.enable_insecure_binding_system_unauthenticated",
    demand: is(false),
    why: "One wrong binding would open the cluster to everybody.",
    refs: ["CIS GKE 4.1.8", "CIS GKE 4.1.9"],
  },
  {
    id: "cluster-no-roles-for-all-accounts",
    type: CLUSTER,
    path: "rbac_binding_config.enable_insecure_binding_system_authenticated",
    demand: is(false),
    why: "Whoever has any Google account counts as authenticated.",
    refs: ["CIS GKE 4.1.10"],
  },
];

function cidrs(config: Resource): unknown[] {
  return blocks(config.cidr_blocks).map((block) => asMap(block).cidr_block);
}

function isAnywhere(cidr: unknown): boolean {
  return String(cidr).endsWith("/0");
}
