/** Rules of Google Cloud: places that exist, and have the machines that are asked for. */
import type { SizeClass } from "../lib/contracts/sizes";
import {
  type Accelerator,
  defaultZones,
  isAccelerator,
  nearestWith,
  placeOf,
  REGION_NAMES,
  REGIONS_DATED,
  zonesOf,
  zonesWith,
} from "../lib/core/google-regions";
import { MACHINE_TYPES } from "../lib/core/sizes";
import type { Report, Sections } from "./checks";
import { type MachineWish, machineWishes, mayBeInOneZone, SINGLE_GPU_ZONE } from "./machine-wishes";
import { nearest } from "./suggest";

const TABLE = `table of ${REGIONS_DATED}`;
const GPU_CLASSES = ["gpu-t4", "gpu-l4", "gpu-a100", "gpu-h100"] as const satisfies readonly SizeClass[];

/** Region and zones exist and belong together; so do subnets that exist. Also where another cloud is chosen just now. */
export function places({ clouds }: Sections, report: Report): void {
  const { region, zones = [], existing } = clouds?.gcp ?? {};
  const known = region ? zonesOf(region) : undefined;
  if (region && !REGION_NAMES.includes(region)) {
    const near = nearest(region, REGION_NAMES);
    const message = `got ${region}, which is no region of Google Cloud (${TABLE})`;
    report(["clouds", "gcp", "region"], message, near ? `Did you mean ${near}?` : "See gcloud compute regions list");
  }
  for (const [index, zone] of zones.entries()) {
    if (!region || !zone) continue;
    const path = ["clouds", "gcp", "zones", index];
    if (!zone.startsWith(`${region}-`)) report(path, `got ${zone}, wanted a zone of ${region}`);
    else if (known && !known.includes(zone)) {
      report(path, `got ${zone}, wanted a zone of ${region}: ${known.join(", ")} (${TABLE})`);
    } else if (zones.indexOf(zone) < index) report(path, `${zone} stands here again`);
  }
  const subnet = existing?.subnets?.nodes;
  const path = ["clouds", "gcp", "existing"];
  if (subnet && !existing?.network) report([...path, "network"], "missing, wanted the network that the subnets are of");
  if (subnet && region && !subnet.includes(`/regions/${region}/`)) {
    report([...path, "subnets", "nodes"], `got ${subnet}, wanted a subnet in ${region}`);
  }
}

/** What is known of a wish's accelerator. */
interface Offer {
  readonly type: Accelerator;
  readonly region: string;
  /** Zones of the region that have it. */
  readonly there: readonly string[];
}

/** GPUs are to be had where they are asked for. */
export function gpus(sections: Sections, report: Report): void {
  const { cloud, clouds, overrides } = sections;
  const region = clouds?.gcp?.region;
  if (cloud !== "gcp" || !region || !REGION_NAMES.includes(region)) return;
  for (const wish of machineWishes(sections, "gcp")) {
    if (overrides?.gcp?.machineTypes?.[wish.class]) continue;
    onlySpot(wish, report);
    const type = acceleratorOf(wish.class);
    const there = type && zonesWith(region, type);
    if (!there) continue;
    if (there.length === 0) nowhere(wish, { type, region, there }, report);
    else if (wish.place === "all") inZones(sections, wish, { type, region, there }, report);
    else if (wish.place === "first") inFirstZone(sections, wish, { type, region, there }, report);
  }
}

function acceleratorOf(size: SizeClass): Accelerator | undefined {
  const type = MACHINE_TYPES.gcp[size].accelerator?.type;
  return type !== undefined && isAccelerator(type) ? type : undefined;
}

/** The region has it in no zone. */
function nowhere({ path, class: size }: MachineWish, { type, region }: Offer, report: Report): void {
  const others = GPU_CLASSES.filter((other) => {
    const accelerator = acceleratorOf(other);
    return accelerator !== undefined && (zonesWith(region, accelerator) ?? []).length > 0;
  });
  const message = `got ${size}, but ${region} (${placeOf(region)}) has no ${type} (${TABLE})`;
  const here = others.length > 0 ? `Write ${others.join(" or ")}, or take` : "Take";
  report(path, message, `${here} a region that has it, the nearest first: ${named(nearestWith(region, type))}`);
}

/** Machines that are to be had as spot capacity only. */
function onlySpot({ class: size, capacity, capacityPath, path }: MachineWish, report: Report): void {
  if (size !== "gpu-h100" || capacity !== "onDemand") return;
  const { type, note } = MACHINE_TYPES.gcp[size];
  if (capacityPath) report(capacityPath, `got onDemand for ${size}, wanted spot: ${type} is ${note}`);
  else report(path, `got ${size}, but ${type} is ${note}`, "Write gpu-a100");
}

/** The environment's zones have it; in production two of them, because one runs out of stock. */
function inZones(sections: Sections, wish: MachineWish, offer: Offer, report: Report): void {
  const { path, class: size } = wish;
  const { type, region, there } = offer;
  const here = zonesIn(sections, region).filter((zone) => there.includes(zone));
  const more = `Write clouds.gcp.zones: [${there.join(", ")}]`;
  if (here.length === 0) {
    report(path, `got ${size}, but none of clouds.gcp.zones has ${type}, only ${there.join(" and ")} (${TABLE})`, more);
    return;
  }
  if (here.length > 1 || mayBeInOneZone(sections, wish)) return;
  const message = `got ${size} in the single zone ${here[0]} (${TABLE}), wanted two in production: when one is out of stock, the other takes over`;
  const better = there.length > 1 ? more : `Take a region with two: ${named(nearestWith(region, type, 2))}`;
  report(path, message, `${better}, or waive the rule ${SINGLE_GPU_ZONE} under policies.waivers`);
}

/** The first zone has it: there stands what is in one zone only. */
function inFirstZone(sections: Sections, { path, class: size }: MachineWish, offer: Offer, report: Report): void {
  const { type, region, there } = offer;
  const zones = zonesIn(sections, region);
  const [first] = zones;
  if (first === undefined || there.includes(first)) return;
  const has = zones.find((zone) => there.includes(zone)) ?? there[0];
  const order = [has, ...zones.filter((zone) => zone !== has)].join(", ");
  const message = `got ${size}, but ${first}, the first zone, has no ${type}, only ${there.join(" and ")} (${TABLE})`;
  report(path, message, `Write clouds.gcp.zones: [${order}]`);
}

function zonesIn({ clouds }: Sections, region: string): readonly string[] {
  return (clouds?.gcp?.zones ?? defaultZones(region)).flatMap((zone) => zone ?? []);
}

function named(regions: readonly string[]): string {
  return regions.map((region) => `${region} (${placeOf(region)})`).join(", ");
}
