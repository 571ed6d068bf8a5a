import { blocks, type HardeningRule, type Resource } from "../hardening";
import { resourceId, someOf, someValues } from "./azure-demands";
import { is, number, oneOf, text } from "./demands";

const CLUSTER = "azurerm_kubernetes_cluster";
const POOL = "azurerm_kubernetes_cluster_node_pool";

/** Clusters: how they are watched and kept up to date. */
const CARE: readonly HardeningRule[] = [
  {
    id: "aks-policy",
    type: CLUSTER,
    path: "azure_policy_enabled",
    demand: is(true),
    why: "What the organisation forbids in clusters would not be refused in this one.",
    refs: ["CKV_AZURE_116"],
  },
  {
    id: "aks-logs",
    type: CLUSTER,
    path: "oms_agent.log_analytics_workspace_id",
    demand: resourceId,
    why: "What containers write would be gone with them.",
    refs: ["CKV_AZURE_4", "CIS AKS 2.1.1"],
  },
  {
    id: "aks-logs-by-identity",
    type: CLUSTER,
    path: "oms_agent.msi_auth_for_monitoring_enabled",
    demand: is(true),
    why: "Agents would send with the workspace's key, which is switched off.",
    refs: [],
  },
  {
    id: "aks-defender",
    type: CLUSTER,
    path: "microsoft_defender.log_analytics_workspace_id",
    demand: resourceId,
    only: "production",
    why: "Nobody would notice an image with known holes, or a pod that behaves like a thief.",
    refs: ["CIS AKS 5.1.1", "CIS Azure 3.1.4.1"],
  },
  {
    id: "aks-tier",
    type: CLUSTER,
    path: "sku_tier",
    demand: oneOf("Standard", "Premium"),
    only: "production",
    why: "Nobody answers for the uptime of a free control plane.",
    refs: ["CKV_AZURE_170"],
  },
  {
    id: "aks-upgrades",
    type: CLUSTER,
    path: "automatic_upgrade_channel",
    demand: oneOf("patch", "stable", "rapid"),
    why: "The cluster would stay on a version whose holes are known.",
    refs: ["CKV_AZURE_171"],
  },
  {
    id: "aks-node-images",
    type: CLUSTER,
    path: "node_os_upgrade_channel",
    demand: oneOf("NodeImage", "SecurityPatch"),
    why: "Nodes would stay on a system whose holes are known.",
    refs: ["CKV_AZURE_171"],
  },
  {
    id: "aks-upgrade-window",
    type: CLUSTER,
    path: "maintenance_window_auto_upgrade[]",
    demand: someValues("a time for new versions"),
    why: "Nodes would be replaced when people need them.",
    refs: [],
  },
  {
    id: "aks-node-image-window",
    type: CLUSTER,
    path: "maintenance_window_node_os[]",
    demand: someValues("a time for new images of nodes"),
    why: "Nodes would be replaced when people need them.",
    refs: [],
  },
  {
    id: "aks-maintenance-window",
    type: CLUSTER,
    path: "maintenance_window[]",
    demand: someValues("a time for Azure's own upkeep"),
    why: "Azure would look after the control plane when people need it.",
    refs: [],
  },
  {
    id: "aks-image-cleaner",
    type: CLUSTER,
    path: "image_cleaner_enabled",
    demand: is(true),
    why: "Images with known holes would stay on the nodes.",
    refs: [],
  },
  {
    id: "aks-image-cleaner-interval",
    type: CLUSTER,
    path: "image_cleaner_interval_hours",
    demand: number(24, 168),
    why: "Images with known holes would stay on the nodes for weeks.",
    refs: [],
  },
];

/** The pool that comes with a cluster: only what Kubernetes itself needs. */
const SYSTEM_POOL: readonly HardeningRule[] = [
  {
    id: "aks-system-pool-only",
    type: CLUSTER,
    path: "default_node_pool.only_critical_addons_enabled",
    demand: is(true),
    why: "A pod of ours could take the room of what keeps the cluster alive.",
    refs: ["CKV_AZURE_232"],
  },
  {
    id: "aks-scale-sets",
    type: CLUSTER,
    path: "default_node_pool.type",
    demand: is("VirtualMachineScaleSets"),
    why: "Nodes of the older kind can neither be scaled nor spread over zones.",
    refs: ["CKV_AZURE_169"],
  },
];

/** What counts for every pool: the one in the cluster, and those beside it. */
const POOLS: readonly HardeningRule[] = [
  ["aks-system-pool", CLUSTER, "default_node_pool."],
  ["aks-pool", POOL, ""],
].flatMap(([id = "", type = "", at = ""]): HardeningRule[] => [
  {
    id: `${id}-host-encryption`,
    type,
    path: `${at}host_encryption_enabled`,
    demand: is(true),
    why: "Temporary disks and caches of nodes would not be encrypted.",
    refs: ["CKV_AZURE_227"],
  },
  {
    id: `${id}-private`,
    type,
    path: `${at}node_public_ip_enabled`,
    demand: is(false),
    why: "Nodes with public addresses can be reached from everywhere.",
    refs: ["CKV_AZURE_143", "CIS AKS 5.4.3"],
  },
  {
    id: `${id}-pods`,
    type,
    path: `${at}max_pods`,
    demand: number(50, 250),
    why: "Azure's own pods would leave little room, and the number cannot be changed later.",
    refs: ["CKV_AZURE_168"],
  },
  {
    id: `${id}-subnet`,
    type,
    path: `${at}vnet_subnet_id`,
    demand: resourceId,
    why: "Nodes would stand in a network that Azure makes, with none of our rules.",
    refs: ["CIS AKS 5.4.3"],
  },
  {
    id: `${id}-replaceable`,
    type,
    path: `${at}temporary_name_for_rotation`,
    demand: text(/^[a-z][a-z0-9]{0,11}$/, "a name of up to 12 letters and digits", "", "a-name-that-is-too-long"),
    why: "A change of size would replace the pool, and all that runs on it at once.",
    refs: [],
  },
  {
    id: `${id}-os-disk`,
    type,
    path: `${at}os_disk_type`,
    demand: is("Ephemeral"),
    where: (resource) => hasLocalDisk(at === "" ? resource : (blocks(resource.default_node_pool)[0] ?? {})),
    why: "The system's disk would be slower than the one of the machine, and be kept when the machine is gone.",
    refs: ["CKV_AZURE_226"],
  },
  {
    id: `${id}-zones`,
    type,
    path: `${at}zones`,
    demand: someOf("a list of zones"),
    only: "production",
    where: (resource) => at !== "" || !isGpuOrSpot(resource),
    why: "Azure would choose a place for nodes, and disks could not follow them.",
    refs: [],
  },
]);

/** Sizes with a disk in the machine, by the letter `d` in their name or by their GPU. */
function hasLocalDisk({ vm_size }: Resource): boolean {
  return /^Standard_([DEF]\d+\w*d\w*_v|NC\d+as_T4_v3|NV\d+ads_A10_v5)/.test(String(vm_size));
}

function isGpu({ vm_size }: Resource): boolean {
  return /^Standard_N/.test(String(vm_size));
}

/** Scarce machines stand where there are some. */
function isGpuOrSpot(pool: Resource): boolean {
  return isGpu(pool) || pool.priority === "Spot";
}

const BESIDE: readonly HardeningRule[] = [
  {
    id: "aks-pool-name",
    type: POOL,
    path: "name",
    demand: text(/^[a-z][a-z0-9]{0,11}$/, "up to 12 small letters and digits", "", "a-name-that-is-too-long"),
    why: "Azure refuses it after everything before it is there.",
    refs: [],
  },
  {
    id: "aks-pool-upgrades",
    type: POOL,
    path: "upgrade_settings[]",
    demand: someValues("how many nodes are replaced at a time"),
    where: ({ priority }) => priority !== "Spot",
    why: "An upgrade would drain nodes before there are others.",
    refs: [],
  },
  {
    id: "aks-gpu-driver",
    type: POOL,
    path: "gpu_driver",
    demand: is("Install"),
    where: isGpu,
    why: "Nodes would stand there, and be paid for, without a driver.",
    refs: [],
  },
  {
    id: "aks-gpu-taint",
    type: POOL,
    path: "node_taints",
    demand: {
      wanted: "a taint nvidia.com/gpu=…:NoSchedule",
      holds: (value) => Array.isArray(value) && value.some((taint) => /^nvidia\.com\/gpu=.*:NoSchedule$/.test(taint)),
      wrong: () => [[], ["other=true:NoSchedule"]],
    },
    where: isGpu,
    why: "Pods that need no GPU would keep GPUs running.",
    refs: [],
  },
];

/** What becomes of clusters, and their pools. */
export const AZURE_CLUSTER_CARE: readonly HardeningRule[] = [...CARE, ...SYSTEM_POOL, ...POOLS, ...BESIDE];
