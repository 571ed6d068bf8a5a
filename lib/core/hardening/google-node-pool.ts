import { blocks, type HardeningRule, type Resource } from "../hardening";
import { is, number, oneOf, ownAccount, ownKey, someBlock, text, whenThere } from "./demands";

const POOL = "google_container_node_pool";

/** Node pools. Numbers of the CIS benchmark for GKE are those of version 1.9.0. */
export const GOOGLE_NODE_POOL: readonly HardeningRule[] = [
  {
    id: "pool-auto-repair",
    type: POOL,
    path: "management.auto_repair",
    demand: is(true),
    why: "A sick node stays.",
    refs: ["CKV_GCP_9", "CIS GKE 5.5.2"],
  },
  {
    id: "pool-auto-upgrade",
    type: POOL,
    path: "management.auto_upgrade",
    demand: is(true),
    why: "Nodes would stay behind the control plane, with known holes.",
    refs: ["CKV_GCP_10", "CIS GKE 5.5.3"],
  },
  {
    id: "pool-secure-boot",
    type: POOL,
    path: "node_config.shielded_instance_config.enable_secure_boot",
    demand: is(true),
    why: "A changed boot loader would not be noticed.",
    refs: ["CKV_GCP_68", "CIS GKE 5.5.7"],
  },
  {
    id: "pool-integrity",
    type: POOL,
    path: "node_config.shielded_instance_config.enable_integrity_monitoring",
    demand: is(true),
    why: "A changed boot would not be noticed.",
    refs: ["CIS GKE 5.5.6"],
  },
  {
    id: "pool-metadata",
    type: POOL,
    path: "node_config.workload_metadata_config.mode",
    demand: is("GKE_METADATA"),
    why: "Every pod could take the node's identity.",
    refs: ["CKV_GCP_69", "CIS GKE 5.4.1"],
  },
  {
    id: "pool-account",
    type: POOL,
    path: "node_config.service_account",
    demand: ownAccount,
    why: "Nodes would run as an account that may edit the project.",
    refs: ["CKV2_GCP_1", "CIS GKE 5.2.1"],
  },
  {
    id: "pool-image",
    type: POOL,
    path: "node_config.image_type",
    demand: is("COS_CONTAINERD"),
    why: "Other images have a larger surface and no locked system disk.",
    refs: ["CIS GKE 5.5.1"],
  },
  {
    id: "pool-disk-key",
    type: POOL,
    path: "node_config.boot_disk_kms_key",
    demand: ownKey,
    only: "ownKeys",
    why: "Images, logs and scratch data of pods stand on the nodes' disks.",
    refs: ["CIS GKE 5.9.2"],
  },
  {
    id: "gpu-pool-kind",
    type: POOL,
    path: "node_config.guest_accelerator.type",
    demand: text(/^nvidia-/, "a kind of GPU", "", "tpu"),
    where: hasGpu,
    why: "A pool without a kind gets none of the GPUs it is for.",
    refs: [],
  },
  {
    id: "gpu-pool-driver",
    type: POOL,
    path: "node_config.guest_accelerator.gpu_driver_installation_config.gpu_driver_version",
    demand: oneOf("DEFAULT", "LATEST"),
    where: hasGpu,
    why: "Without a driver the node is paid for and no pod sees its GPU.",
    refs: [],
  },
  {
    id: "gpu-pool-count",
    type: POOL,
    path: "node_config.guest_accelerator.count",
    demand: number(1),
    where: hasGpu,
    why: "A node without a GPU in a pool of GPUs costs and does nothing.",
    refs: [],
  },
  {
    id: "gpu-pool-taint",
    type: POOL,
    path: "node_config.taint[]",
    demand: someBlock("a taint nvidia.com/gpu", ({ key }) => key === "nvidia.com/gpu"),
    where: hasGpu,
    why: "Pods that need no GPU would fill the dearest machines.",
    refs: [],
  },
  {
    id: "gpu-pool-location-policy",
    type: POOL,
    path: "autoscaling.location_policy",
    demand: is("ANY"),
    where: hasGpu,
    why: "GPUs that one zone lacks are then taken from another; the balanced policy waits for all zones.",
    refs: [],
  },
  {
    id: "gpu-pool-zones",
    type: POOL,
    path: "node_locations",
    demand: {
      wanted: "two zones or more",
      holds: (value) => Array.isArray(value) && value.length >= 2,
      wrong: () => [["asia-northeast3-a"]],
    },
    only: "production",
    where: hasGpu,
    why: "One zone out of GPUs would stop serving and training.",
    refs: [],
  },
  {
    id: "pool-kubelet-port",
    type: POOL,
    path: "node_config.kubelet_config.insecure_kubelet_readonly_port_enabled",
    demand: whenThere(is("FALSE")),
    why: "The kubelet's read-only port tells everything about pods without asking who wants to know.",
    refs: ["CIS GKE 3.2.4"],
  },
];

function hasGpu(resource: Resource): boolean {
  return blocks(resource.node_config).some((config) => blocks(config.guest_accelerator).length > 0);
}
