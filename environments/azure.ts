/** Rules of Azure: places that exist, and have the machines that are asked for. */
import type { SizeClass } from "../lib/contracts/sizes";
import {
  AZURE_REGION_NAMES,
  AZURE_REGIONS_DATED,
  azurePlaceOf,
  azureZonesOf,
  defaultAzureZones,
  type GpuMachine,
  isGpuMachine,
  nearestWithMachine,
  nearestWithZones,
  type Offer,
  offerOf,
} from "../lib/core/azure-regions";
import { MACHINE_TYPES } from "../lib/core/sizes";
import type { Report, Sections } from "./checks";
import { type MachineWish, machineWishes, mayBeInOneZone, SINGLE_GPU_ZONE } from "./machine-wishes";
import { nearest } from "./suggest";

const TABLE = `table of ${AZURE_REGIONS_DATED}`;
const GPU_CLASSES = ["gpu-t4", "gpu-l4", "gpu-a100", "gpu-h100"] as const satisfies readonly SizeClass[];

/** The region exists, and has the zones. Also where another cloud is chosen just now. */
export function azurePlaces({ clouds }: Sections, report: Report): void {
  const { region, zones = [] } = clouds?.azure ?? {};
  if (region && !AZURE_REGION_NAMES.includes(region)) {
    const near = nearest(region, AZURE_REGION_NAMES);
    const message = `got ${region}, which is no region of Azure (${TABLE})`;
    report(["clouds", "azure", "region"], message, near ? `Did you mean ${near}?` : "See az account list-locations");
  }
  if (region && zones.length > 0 && azureZonesOf(region)?.length === 0) {
    const message = `got ${zones.join(", ")}, but ${region} (${azurePlaceOf(region)}) has no availability zones (${TABLE})`;
    const fix = `Remove the line, or take a region that has some, the nearest first: ${named(nearestWithZones(region))}`;
    report(["clouds", "azure", "zones"], message, fix);
    return;
  }
  for (const [index, zone] of zones.entries()) {
    if (zone && zones.indexOf(zone) < index) report(["clouds", "azure", "zones", index], `${zone} stands here again`);
  }
}

/** Nodes in several zones want a region that has some, and more than one of them. */
export function severalZones({ cloud, clouds, kubernetes }: Sections, report: Report): void {
  const { region, zones, existing } = clouds?.azure ?? {};
  if (cloud !== "azure" || !region || existing?.cluster || !kubernetes?.highAvailability) return;
  const path = ["kubernetes", "highAvailability"];
  const there = azureZonesOf(region) ?? [];
  if (azureZonesOf(region)?.length === 0) {
    const message = `got true, but ${region} (${azurePlaceOf(region)}) has no availability zones (${TABLE})`;
    const near = named(nearestWithZones(region));
    report(path, message, `Write false, or take a region that has some, the nearest first: ${near}`);
  } else if (zones?.length === 1) {
    const all = there.map((zone) => `"${zone}"`).join(", ");
    report(path, "got true, but clouds.azure.zones has one zone only", `Write clouds.azure.zones: [${all}]`);
  }
}

/** GPUs are to be had where they are asked for, also a VM size that somebody has chosen for a class. */
export function azureGpus(sections: Sections, report: Report): void {
  const { cloud, clouds } = sections;
  const region = clouds?.azure?.region;
  if (cloud !== "azure" || !region || !AZURE_REGION_NAMES.includes(region)) return;
  for (const wish of machineWishes(sections, "azure")) {
    const machine = machineOf(sections, wish.class);
    const offer = machine && offerOf(region, machine);
    if (!offer) continue;
    if (offer.zones === 0) nowhere(wish, machine, region, report);
    else {
      neverSpot(wish, { machine, offer, region }, report);
      if (wish.place === "all") inOneZone(sections, wish, { machine, offer, region }, report);
    }
  }
}

interface Offered {
  readonly machine: GpuMachine;
  readonly offer: Offer;
  readonly region: string;
}

function machineOf({ overrides }: Sections, size: SizeClass): GpuMachine | undefined {
  const type = overrides?.azure?.machineTypes?.[size] ?? MACHINE_TYPES.azure[size].type;
  return isGpuMachine(type) ? type : undefined;
}

/** The region has it in no zone. */
function nowhere({ path, class: size }: MachineWish, machine: GpuMachine, region: string, report: Report): void {
  const others = GPU_CLASSES.filter((other) => {
    const { type } = MACHINE_TYPES.azure[other];
    return isGpuMachine(type) && (offerOf(region, type)?.zones ?? 0) > 0;
  });
  const message = `got ${size}, but ${region} (${azurePlaceOf(region)}) has no ${machine} (${TABLE})`;
  const here = others.length > 0 ? `Write ${others.join(" or ")}, or take` : "Take";
  const near = named(nearestWithMachine(region, machine));
  report(path, message, `${here} a region that has it, the nearest first: ${near}`);
}

/** Machines that a region does not have as spot capacity. */
function neverSpot(wish: MachineWish, { machine, offer, region }: Offered, report: Report): void {
  if (offer.spot || wish.capacity !== "spot" || !wish.capacityPath) return;
  const message = `got spot for ${wish.class}, but ${region} (${azurePlaceOf(region)}) has ${machine} on demand only (${TABLE})`;
  report(wish.capacityPath, message, "Write onDemand");
}

/** In production it stands in two zones, because one runs out of stock. Which zones they are differs by subscription. */
function inOneZone(sections: Sections, wish: MachineWish, { machine, offer, region }: Offered, report: Report): void {
  const here = Math.min(offer.zones, Math.max(1, zonesIn(sections, region).length));
  if (here > 1 || mayBeInOneZone(sections, wish)) return;
  const where = `got ${wish.class}, but`;
  const wanted = "wanted two in production: when one is out of stock, the other takes over";
  const waive = `or waive the rule ${SINGLE_GPU_ZONE} under policies.waivers`;
  if (offer.zones > 1) {
    report(wish.path, `${where} clouds.azure.zones has one zone only, ${wanted}`, `Name two zones there, ${waive}`);
    return;
  }
  const there = azureZonesOf(region)?.length === 0 ? "has no availability zones" : `has ${machine} in one zone only`;
  const message = `${where} ${region} (${azurePlaceOf(region)}) ${there} (${TABLE}), ${wanted}`;
  const others = GPU_CLASSES.filter((other) => {
    const { type } = MACHINE_TYPES.azure[other];
    return isGpuMachine(type) && (offerOf(region, type)?.zones ?? 0) > 1;
  });
  const take = `a region with two: ${named(nearestWithMachine(region, machine, 2))}`;
  report(wish.path, message, `${others.length > 0 ? `Write ${others.join(" or ")}, take` : "Take"} ${take}, ${waive}`);
}

function zonesIn({ clouds }: Sections, region: string): readonly string[] {
  return (clouds?.azure?.zones ?? defaultAzureZones(region)).flatMap((zone) => zone ?? []);
}

function named(regions: readonly string[]): string {
  return regions.map((region) => `${region} (${azurePlaceOf(region)})`).join(", ");
}
