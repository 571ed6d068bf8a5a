/** Rules of the network: its parts stay apart, and hold the cluster. */
import { ADDRESSES_PER_NODE, type AddressPlan, addressPlan, mostNodes, type NodeCount } from "../lib/core/address-plan";
import type { Report, Sections } from "./checks";
import { addresses, contains, overlap } from "./ranges";

/**
 * Addresses of a subnet that the cloud keeps.
 * https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet
 * https://learn.microsoft.com/en-us/azure/virtual-network/virtual-networks-faq
 */
const RESERVED = { gcp: 4, azure: 5 } as const;

/** Addresses of the smallest network that the parts can be carved from, a /20. */
const SMALLEST = 4096;

/**
 * Ranges that Azure keeps to itself: no network, pod or service of a cluster or a container environment may have them.
 * https://learn.microsoft.com/en-us/azure/aks/configure-azure-cni#deployment-parameters
 * https://learn.microsoft.com/en-us/azure/container-apps/custom-virtual-networks#subnet-address-range-restrictions
 */
const AZURE_KEEPS = [
  "169.254.0.0/16",
  "172.30.0.0/16",
  "172.31.0.0/16",
  "192.0.2.0/24",
  "100.100.0.0/17",
  "100.100.128.0/18",
  "100.100.192.0/19",
];

/** Longest prefix of a part on Azure, and why. */
const AZURE_LONGEST = {
  // https://learn.microsoft.com/en-us/azure/aks/api-server-vnet-integration
  controlPlane: { prefix: 28, why: "the cluster's API server takes a subnet of that size" },
  // Two addresses for the registry, four for the workspace, one for each store, the vault and the queue; Azure keeps five.
  endpoints: {
    prefix: 27,
    why: "it holds the private endpoints of every store, the registry, the vault and the workspace",
  },
} as const;

/** Shortest prefix of the cluster's services there, https://learn.microsoft.com/en-us/azure/aks/configure-azure-cni#deployment-parameters. */
const AZURE_SERVICES = 13;

/** Parts that `network.ranges` may place. */
const PLACEABLE: readonly string[] = ["nodes", "pods", "services", "controlPlane", "endpoints"];

type Ranges = Partial<AddressPlan>;

/** Holds the network's ranges against one another and against the node pools. */
export function network(sections: Sections, report: Report): void {
  const { network, cloud } = sections;
  const { cidr, ranges = {} } = network ?? {};
  placed(cidr, ranges, report);
  if (cloud === "gcp" && ranges.controlPlane && !ranges.controlPlane.endsWith("/28")) {
    const got = `got ${ranges.controlPlane}, wanted a /28: Google Cloud takes no other`;
    report(["network", "ranges", "controlPlane"], got);
  }
  if (cloud === "azure") azureRanges(cidr, ranges, report);
  if (cloud !== "gcp" && cloud !== "azure") return;
  const carves = isCarved(sections, cloud);
  if (carves && cidr && addresses(cidr) < SMALLEST) {
    report(["network", "cidr"], `got ${cidr}, wanted at least a /20 to carve the parts from`);
    return;
  }
  if (carves && cidr) carved(cidr, ranges, report);
  if (!sections.clouds?.[cloud]?.existing?.cluster) {
    roomForNodes(sections, { cloud, cidr: carves ? cidr : undefined, ranges }, report);
  }
}

/** Whether this environment makes subnets: on Azure always, on Google Cloud unless these exist, too. */
function isCarved({ clouds }: Sections, cloud: "gcp" | "azure"): boolean {
  return cloud === "azure" || !clouds?.gcp?.existing?.subnets;
}

/** Ranges that Azure refuses. */
function azureRanges(cidr: string | undefined, ranges: Ranges, report: Report): void {
  const all = [
    ["network.cidr", cidr] as const,
    ...Object.entries(ranges).map(([name, range]) => [`network.ranges.${name}`, range] as const),
  ];
  for (const [path, range] of all) {
    const kept = AZURE_KEEPS.find((taken) => range !== undefined && overlap(range, taken));
    if (kept) report(path.split("."), `got ${range}, which overlaps ${kept}, a range that Azure keeps to itself`);
  }
  for (const [name, { prefix, why }] of Object.entries(AZURE_LONGEST)) {
    const range = name === "endpoints" ? ranges.endpoints : ranges.controlPlane;
    if (range && prefixOf(range) > prefix) {
      report(["network", "ranges", name], `got ${range}, wanted at least a /${prefix}: ${why}`);
    }
  }
  if (ranges.services && prefixOf(ranges.services) < AZURE_SERVICES) {
    const message = `got ${ranges.services}, wanted at most a /${AZURE_SERVICES}: AKS takes no larger range for services`;
    report(["network", "ranges", "services"], message);
  }
}

function prefixOf(range: string): number {
  return Number(range.slice(range.indexOf("/") + 1));
}

function placed(cidr: string | undefined, ranges: Ranges, report: Report): void {
  const all = Object.entries(ranges);
  for (const [index, [name, range]] of all.entries()) {
    const path = ["network", "ranges", name];
    if (cidr && (name === "nodes" || name === "endpoints") && !contains(cidr, range)) {
      report(path, `got ${range}, wanted a range inside network.cidr ${cidr}`);
    }
    if (cidr && contains(range, cidr)) report(path, `got ${range}, which covers all of network.cidr ${cidr}`);
    for (const [other, taken] of all.slice(0, index)) {
      if (overlap(range, taken)) report(path, `got ${range}, which overlaps network.ranges.${other} ${taken}`);
    }
  }
}

/** A part with a fixed place against the parts that are carved. */
function carved(cidr: string, ranges: Ranges, report: Report): void {
  const plan = addressPlan(cidr, ranges);
  const free: Readonly<Record<string, string>> = addressPlan(cidr);
  for (const [name, range] of Object.entries(ranges)) {
    if (contains(range, cidr)) continue;
    const hit = Object.entries(plan).filter(([other, part]) => !(other in ranges) && overlap(range, part));
    if (hit.length === 0) continue;
    const parts = hit.map(([other, part]) => `${other} ${part}`).join(", ");
    const placeable = hit.filter(([other]) => PLACEABLE.includes(other)).map(([other]) => `network.ranges.${other}`);
    const place = placeable.length === hit.length ? `, or place ${placeable.join(" and ")} as well` : "";
    const message = `got ${range}, which overlaps what is carved from network.cidr ${cidr} for ${parts}`;
    report(["network", "ranges", name], message, `Remove it, and ${name} is carved as ${free[name]}${place}`);
  }
}

interface Room {
  readonly cloud: "gcp" | "azure";
  /** Range that parts are carved from; absent where nothing is. */
  readonly cidr: string | undefined;
  readonly ranges: Ranges;
}

/** The ranges of pods and nodes against the most nodes that the cluster may have. */
function roomForNodes({ kubernetes }: Sections, { cloud, cidr, ranges }: Room, report: Report): void {
  const pools = Object.entries(kubernetes?.pools ?? {}).map(([name, pool]) => ({ ...pool, name, max: pool?.max ?? 0 }));
  const most = mostNodes(pools);
  const plan: Ranges = cidr ? addressPlan(cidr, ranges) : ranges;
  const needed = most.nodes * ADDRESSES_PER_NODE;
  if (plan.pods && addresses(plan.pods) < needed) tooFewPods(plan.pods, { cidr, ranges, most }, report);
  else if (plan.nodes && addresses(plan.nodes) - RESERVED[cloud] < most.nodes) {
    const reserved = RESERVED[cloud];
    const wanted = `wanted at least ${most.nodes} for nodes (${most.sum}) and ${reserved} that the cloud keeps`;
    const path = ranges.nodes ? ["network", "ranges", "nodes"] : ["network", "cidr"];
    const got = ranges.nodes ? ranges.nodes : `${cidr}, whose part for nodes, ${plan.nodes}, is too small`;
    report(
      path,
      `got ${got} with ${addresses(plan.nodes)} addresses, ${wanted}`,
      `Write at least a ${prefixFor(most.nodes + reserved, ranges.nodes ? 0 : 3)}`,
    );
  }
}

function tooFewPods(
  pods: string,
  { cidr, ranges, most }: { cidr: string | undefined; ranges: Ranges; most: NodeCount },
  report: Report,
): void {
  const needed = most.nodes * ADDRESSES_PER_NODE;
  const wanted = `wanted at least ${most.nodes} nodes × ${ADDRESSES_PER_NODE} = ${needed} (${most.sum})`;
  if (ranges.pods) {
    const got = `got ${pods} with ${addresses(pods)} addresses`;
    report(["network", "ranges", "pods"], `${got}, ${wanted}`, `Write at least a ${prefixFor(needed, 0)}`);
    return;
  }
  const got = `got ${cidr}, whose half for pods, ${pods}, has ${addresses(pods)} addresses`;
  const fix = `Write at least a ${prefixFor(needed, 1)}, or place network.ranges.pods elsewhere, at least a ${prefixFor(needed, 0)}`;
  report(["network", "cidr"], `${got}, ${wanted}`, fix);
}

/** `/18`: the smallest range whose part of so many bits has so many addresses. */
function prefixFor(count: number, bits: number): string {
  return `/${32 - Math.ceil(Math.log2(count)) - bits}`;
}
