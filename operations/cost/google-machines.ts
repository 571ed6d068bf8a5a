/** What machines of Google Cloud use: nodes of pools, notebooks, servers, the gateway to the internet. */
import type { Quantity } from "./assumptions";
import { dig, list, number, regionOf, string } from "./resources";
import { always, type CostContext, HOURS, TWIN_TAINT, times, type Use, unlessShort } from "./use";

/** Families whose price holds their GPUs: https://cloud.google.com/compute/vm-instance-pricing#accelerator-optimized. */
const GPU_INCLUDED: ReadonlySet<string> = new Set(["a2", "a3", "a4", "a4x", "g2", "g4"]);

/** A gateway is paid for by its machines, up to so many: https://cloud.google.com/nat/pricing. */
const NAT_MACHINES = 32;

const ZONES_OF_REGION = 3;

/** Nodes that a pool has: at least, and at most. */
function nodesOf(pool: unknown, context: CostContext): Quantity {
  const isTwin = list(pool, "node_config", "taint").some((taint) => string(taint, "key") === TWIN_TAINT);
  return unlessShort(bounds(pool), { isTwin, isSpot: isSpot(pool) }, context);
}

function bounds(pool: unknown): Quantity {
  const location = string(pool, "location") ?? "";
  const zones = list(pool, "node_locations").length || (regionOf(pool, location) === location ? ZONES_OF_REGION : 1);
  const scaling = dig(pool, "autoscaling");
  if (scaling === undefined || scaling === null) {
    return always((number(pool, "node_count") ?? number(pool, "initial_node_count") ?? 0) * zones);
  }
  const inZones = (key: string) => (number(scaling, `${key}_node_count`) ?? 0) * zones;
  return {
    idle: number(scaling, "total_min_node_count") ?? inZones("min"),
    busy: number(scaling, "total_max_node_count") ?? inZones("max"),
  };
}

function isSpot(pool: unknown): boolean {
  return dig(pool, "node_config", "spot") === true || dig(pool, "node_config", "preemptible") === true;
}

/** Machines, their GPUs where those are paid for apart, and their disks. */
export function nodePool(pool: unknown, context: CostContext): readonly Use[] {
  const nodes = nodesOf(pool, context);
  const config = dig(pool, "node_config");
  return [
    ...machine({ config, count: times(nodes, HOURS), spot: isSpot(pool) }),
    disk(string(config, "disk_type"), times(nodes, number(config, "disk_size_gb") ?? 100)),
  ];
}

interface MachineHours {
  /** Has `machine_type` and `guest_accelerator`. */
  readonly config: unknown;
  readonly count: Quantity;
  readonly spot: boolean;
}

function machine({ config, count, spot }: MachineHours): readonly Use[] {
  const type = string(config, "machine_type") ?? "unknown";
  const suffix = spot ? ".spot" : "";
  const apart = GPU_INCLUDED.has(type.split("-")[0] ?? "") ? [] : list(config, "guest_accelerator");
  return [
    { sku: `machine.${type}${suffix}`, quantity: count },
    ...apart.map((gpu) => ({
      sku: `gpu.${string(gpu, "type") ?? "unknown"}${suffix}`,
      quantity: times(count, number(gpu, "count") ?? 1),
    })),
  ];
}

function disk(type: string | undefined, gibibytes: Quantity): Use {
  return { sku: `disk.${(type ?? "pd-standard").toLowerCase().replaceAll("_", "-")}`, quantity: gibibytes };
}

/** A machine that serves: it never rests. */
export function instance(server: unknown): readonly Use[] {
  const boot = dig(server, "boot_disk", "initialize_params");
  const spot = string(server, "scheduling", "provisioning_model") === "SPOT";
  return [
    ...machine({ config: server, count: always(HOURS), spot }),
    disk(string(boot, "type"), always(number(boot, "size") ?? 10)),
  ];
}

/** A notebook's machine: it is stopped when nobody works, and its disks stay. */
export function notebook(workbench: unknown, { assume }: CostContext): readonly Use[] {
  const setup = dig(workbench, "gce_setup");
  const rests = number(setup, "metadata", "idle-timeout-seconds") !== undefined;
  const hours = rests ? assume("notebookHours") : always(HOURS);
  const gpus = list(setup, "accelerator_configs").map((gpu) => ({
    sku: `gpu.${(string(gpu, "type") ?? "unknown").toLowerCase().replaceAll("_", "-")}`,
    quantity: times(hours, number(gpu, "core_count") ?? 1),
  }));
  const type = string(setup, "machine_type") ?? "unknown";
  return [
    { sku: `machine.${type}`, quantity: hours },
    // Google takes a fee for the management, by the processor: https://cloud.google.com/vertex-ai/pricing#notebooks.
    { sku: `notebook.fee.${type}`, quantity: hours },
    ...(GPU_INCLUDED.has(type.split("-")[0] ?? "") ? [] : gpus),
    ...["boot_disk", "data_disks"].flatMap((key) =>
      list(setup, key).map((one) => disk(string(one, "disk_type"), always(number(one, "disk_size_gb") ?? 100))),
    ),
  ];
}

/** The way to the internet: by the machines behind it, its addresses and what goes through. */
export function nat(_gateway: unknown, context: CostContext): readonly Use[] {
  const pools = context.resources.filter(({ type }) => type === "google_container_node_pool");
  const nodes = pools.map(({ attributes }) => nodesOf(attributes, context));
  const machines = (key: keyof Quantity) => nodes.reduce((sum, quantity) => sum + quantity[key], 0);
  const hours = (key: keyof Quantity) => (Math.min(machines(key), NAT_MACHINES) / NAT_MACHINES) * HOURS;
  return [
    { sku: "nat.gateway", quantity: { idle: hours("idle"), busy: hours("busy") } },
    { sku: "nat.data", quantity: context.assume("natGiB") },
    { sku: "address.external", quantity: times(context.assume("natAddresses"), HOURS) },
  ];
}
