/** What machines on Azure use: nodes of pools, training clusters, notebooks, servers, build machines. */
import type { Quantity } from "./assumptions";
import { dig, list, number, string } from "./resources";
import { always, type CostContext, HOURS, TWIN_TAINT, times, type Use, unlessShort } from "./use";

/**
 * Sizes that managed disks are sold in, GiB: what is larger than one pays for the next.
 * https://learn.microsoft.com/azure/virtual-machines/disks-types#premium-ssd-size
 */
const DISKS: readonly (readonly [size: number, gibibytes: number])[] = [
  [4, 32],
  [6, 64],
  [10, 128],
  [15, 256],
  [20, 512],
  [30, 1024],
  [40, 2048],
  [50, 4096],
];

/** Letter of a kind of disk in the names of its sizes. */
const KINDS: Readonly<Record<string, string>> = { Premium_LRS: "P", StandardSSD_LRS: "E", Standard_LRS: "S" };

/** A virtual machine's disk when its image decides: that of the Ubuntu that the estate's servers run. */
const SERVER_GIB = 30;

/** Every compute instance has one: https://learn.microsoft.com/azure/machine-learning/how-to-manage-optimize-cost. */
const INSTANCE_GIB = 128;

function machine(type: string | undefined, hours: Quantity, how: "" | ".spot" | ".lowPriority" = ""): Use {
  return { sku: `machine.${type ?? "unknown"}${how}`, quantity: hours };
}

function disk(kind: string, gibibytes: number, disks: Quantity): Use {
  const [size] = DISKS.find(([, most]) => gibibytes <= most) ?? ["unknown"];
  return { sku: `disk.${KINDS[kind] ?? kind}${size}`, quantity: disks };
}

function bounds(pool: unknown): Quantity {
  if (dig(pool, "auto_scaling_enabled") !== true) return always(number(pool, "node_count") ?? 1);
  return { idle: number(pool, "min_count") ?? 0, busy: number(pool, "max_count") ?? 0 };
}

/**
 * Machines and their disks. A disk of its own is a premium one: every size of the estate takes those. One on the machine
 * itself is in the machine's price. https://learn.microsoft.com/azure/aks/concepts-storage#os-disk-sizing
 */
export function nodePool(pool: unknown, context: CostContext): readonly Use[] {
  const isSpot = string(pool, "priority") === "Spot";
  const isTwin = list(pool, "node_taints").some((taint) => String(taint).startsWith(TWIN_TAINT));
  const nodes = unlessShort(bounds(pool), { isTwin, isSpot }, context);
  const isOwnDisk = string(pool, "os_disk_type") !== "Ephemeral";
  return [
    machine(string(pool, "vm_size"), times(nodes, HOURS), isSpot ? ".spot" : ""),
    ...(isOwnDisk ? [disk("Premium_LRS", number(pool, "os_disk_size_gb") ?? 128, nodes)] : []),
  ];
}

/** A cluster: its control plane, which is free without a promise about it, and its first pool. */
export function managedCluster(cluster: unknown, context: CostContext): readonly Use[] {
  const tier = string(cluster, "sku_tier") ?? "Free";
  const plane = tier === "Free" ? [] : [{ sku: `aks.${tier.toLowerCase()}`, quantity: always(HOURS) }];
  return [...plane, ...nodePool(dig(cluster, "default_node_pool"), context)];
}

/** Machines for training: none when there is nothing to train. Azure ML itself takes nothing for them. */
export function trainingCluster(cluster: unknown): readonly Use[] {
  const scale = dig(cluster, "scale_settings");
  const nodes = { idle: number(scale, "min_node_count") ?? 0, busy: number(scale, "max_node_count") ?? 0 };
  const how = string(cluster, "vm_priority") === "LowPriority" ? ".lowPriority" : "";
  return [machine(string(cluster, "vm_size"), times(nodes, HOURS), how)];
}

/** A person's notebook machine: it is stopped when its person does not work, and its disk stays. */
export function notebook(instance: unknown, { assume }: CostContext): readonly Use[] {
  const setup = dig(instance, "body", "properties", "properties");
  const rests = string(setup, "idleTimeBeforeShutdown") !== undefined;
  return [
    machine(string(setup, "vmSize"), rests ? assume("notebookHours") : always(HOURS)),
    disk("Premium_LRS", INSTANCE_GIB, always(1)),
  ];
}

/** A machine that serves: it never rests. */
export function server(instance: unknown): readonly Use[] {
  const boot = dig(instance, "os_disk");
  return [
    machine(string(instance, "size"), always(HOURS), string(instance, "priority") === "Spot" ? ".spot" : ""),
    disk(string(boot, "storage_account_type") ?? "unknown", number(boot, "disk_size_gb") ?? SERVER_GIB, always(1)),
  ];
}

/** Machines that build, inside the network: made for a build, gone after it. */
export function buildPool(pool: unknown, { assume }: CostContext): readonly Use[] {
  const type = string(pool, "body", "properties", "fabricProfile", "sku", "name");
  return [machine(type, times(assume("buildMinutes"), 1 / 60))];
}
