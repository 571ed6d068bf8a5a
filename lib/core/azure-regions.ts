/**
 * Azure's regions, how many availability zones they have, and in how many of them a GPU machine is to be had. A table of
 * one day: what no source says is unknown and is let pass. It counts zones and does not name them, because zone "1" of one
 * subscription is another's "2" (https://learn.microsoft.com/en-us/azure/reliability/availability-zones-overview).
 * Does not load the engine.
 */
import { angle, type Place } from "./globe";

/** Day the table was written. */
export const AZURE_REGIONS_DATED = "2026-11-20";

/** Where the table is from. */
export const AZURE_REGIONS_SOURCES = {
  regions: "https://learn.microsoft.com/en-us/azure/reliability/regions-list",
  /** Places and zones as `az account list-locations` gave them. */
  zones:
    "https://github.com/Azure/terraform-azurerm-avm-utl-regions/blob/9064b20bc601af2754cea78f25f7b6e22858ef24/modules/cached-data/locations.tf.json",
  /** VM sizes by region and zone as `az vm list-skus --all` gave them on 2026-08-01, one file a region. */
  sizes:
    "https://github.com/DarrenJohns/djtools-azure-vm-sku-locator/tree/f31f81713de7a6c28fd9042ebfbacf1fd71ec5f9/data",
  /** What to hold it against: `az vm list-skus --location REGION --size Standard_N --all`, and Microsoft's page of the same. */
  compare: "https://azure.microsoft.com/en-us/explore/global-infrastructure/products-by-region/table",
} as const;

/** VM sizes with a GPU that a size class becomes. */
export const GPU_MACHINES = [
  "Standard_NC4as_T4_v3",
  "Standard_NV36ads_A10_v5",
  "Standard_NC24ads_A100_v4",
  "Standard_NC40ads_H100_v5",
] as const;
/** One of them. */
export type GpuMachine = (typeof GPU_MACHINES)[number];

/** How a machine is to be had in a region. */
export interface Offer {
  /** Zones that have it; 1 in a region without zones, 0 where it is not to be had. */
  readonly zones: number;
  /** Whether it is also to be had as Spot. */
  readonly spot: boolean;
}

interface Region {
  readonly place: string;
  readonly at: Place;
  readonly zones: 0 | 3;
  /** @default - not known */
  readonly has?: Readonly<Record<GpuMachine, Offer>>;
}

/** @param offers by GPU machine the zones that have it, with `!` where never as Spot; absent: not known */
function region(place: string, at: Place, zones: 0 | 3, offers?: readonly string[]): Region {
  if (offers === undefined) return { place, at, zones };
  const [t4 = "", a10 = "", a100 = "", h100 = ""] = offers;
  const has = {
    Standard_NC4as_T4_v3: offer(t4),
    Standard_NV36ads_A10_v5: offer(a10),
    Standard_NC24ads_A100_v4: offer(a100),
    Standard_NC40ads_H100_v5: offer(h100),
  };
  return { place, at, zones, has };
}

function offer(text: string): Offer {
  return { zones: Number.parseInt(text || "0", 10), spot: !text.endsWith("!") };
}

/** By name: place, whole degrees, zones, and the zones that have a T4, an A10, an A100, an H100. */
const REGIONS: Readonly<Record<string, Region>> = {
  australiacentral: region("Canberra", [-35, 149], 0, ["1"]),
  australiacentral2: region("Canberra", [-35, 149], 0),
  australiaeast: region("Sydney", [-34, 151], 3, ["3", "1", "1", "2"]),
  australiasoutheast: region("Melbourne", [-38, 145], 0, []),
  austriaeast: region("Vienna", [48, 16], 3, []),
  belgiumcentral: region("Brussels", [51, 4], 3),
  brazilsouth: region("São Paulo", [-24, -47], 3, ["1", "2!", "1"]),
  brazilsoutheast: region("Rio de Janeiro", [-23, -43], 0),
  canadacentral: region("Toronto", [44, -79], 3, ["2", "2", "1", "1"]),
  canadaeast: region("Quebec", [47, -71], 0, []),
  centralindia: region("Pune", [19, 74], 3, ["3", "2", "1", "2"]),
  centralus: region("Iowa", [42, -94], 3, ["3", "1", "2", "1"]),
  chilecentral: region("Santiago", [-33, -71], 3),
  denmarkeast: region("Copenhagen", [56, 13], 3),
  eastasia: region("Hong Kong", [22, 114], 3, ["2", "2"]),
  eastus: region("Virginia", [37, -80], 3, ["3", "3", "1", "2"]),
  eastus2: region("Virginia", [37, -78], 3, ["3", "3", "2", "3"]),
  francecentral: region("Paris", [49, 2], 3, ["2", "2", "2"]),
  francesouth: region("Marseille", [44, 2], 0),
  germanynorth: region("Berlin", [53, 9], 0),
  germanywestcentral: region("Frankfurt", [50, 9], 3, ["2", "3", "2", "2"]),
  indonesiacentral: region("Jakarta", [-6, 107], 3, ["", "1", "", "2"]),
  israelcentral: region("Israel", [31, 33], 3, []),
  italynorth: region("Milan", [45, 9], 3, ["2", "2", "2"]),
  japaneast: region("Tokyo", [36, 140], 3, ["3", "3", "1", "2"]),
  japanwest: region("Osaka", [35, 136], 3, ["1"]),
  jioindiacentral: region("Nagpur", [21, 79], 0),
  jioindiawest: region("Jamnagar", [22, 70], 0),
  koreacentral: region("Seoul", [38, 127], 3, ["2", "2", "1", "1"]),
  koreasouth: region("Busan", [35, 129], 0, []),
  malaysiawest: region("Kuala Lumpur", [3, 102], 3, ["1", "3", "", "2"]),
  mexicocentral: region("Querétaro", [21, -100], 3, []),
  newzealandnorth: region("Auckland", [-37, 175], 3, []),
  northcentralus: region("Illinois", [42, -88], 0, ["1", "1"]),
  northeurope: region("Ireland", [53, -6], 3, ["3", "2", "2", "1"]),
  norwayeast: region("Oslo", [60, 11], 3, []),
  norwaywest: region("Stavanger", [59, 6], 0),
  polandcentral: region("Warsaw", [52, 21], 3, ["2", "1", "2"]),
  qatarcentral: region("Doha", [26, 51], 3, ["", "2"]),
  southafricanorth: region("Johannesburg", [-26, 28], 3, ["", "2"]),
  southafricawest: region("Cape Town", [-34, 19], 0),
  southcentralus: region("Texas", [29, -98], 3, ["3", "2", "2", "2"]),
  southeastasia: region("Singapore", [1, 104], 3, ["3", "1", "2", "2"]),
  southindia: region("Chennai", [13, 80], 0),
  spaincentral: region("Madrid", [40, 3], 3, ["1", "1", "", "2"]),
  swedencentral: region("Gävle", [61, 17], 3, ["2", "2", "2", "2"]),
  swedensouth: region("Malmö", [56, 13], 0),
  switzerlandnorth: region("Zurich", [47, 9], 3, ["", "2", "1", "1"]),
  switzerlandwest: region("Geneva", [46, 6], 0),
  taiwannorth: region("Taipei", [25, 122], 0, []),
  uaecentral: region("Abu Dhabi", [24, 54], 0),
  uaenorth: region("Dubai", [25, 55], 3, ["", "2"]),
  uksouth: region("London", [51, -1], 3, ["3", "3", "2", "3"]),
  ukwest: region("Cardiff", [53, -3], 0, ["", "1"]),
  westcentralus: region("Wyoming", [41, -110], 0, []),
  westeurope: region("Netherlands", [52, 5], 3, ["3", "3!", "2", "1"]),
  westindia: region("Mumbai", [19, 73], 0),
  westus: region("California", [38, -122], 0, ["1", "1", "1", "1"]),
  westus2: region("Washington", [47, -120], 3, ["3", "3", "3", "2"]),
  westus3: region("Phoenix", [33, -112], 3, ["3!", "3", "2", "3"]),
};

/** Names of the regions, sorted. */
export const AZURE_REGION_NAMES: readonly string[] = Object.keys(REGIONS).sort();

/** City or country of a region; the name itself where it is none. */
export function azurePlaceOf(name: string): string {
  return REGIONS[name]?.place ?? name;
}

/** Availability zones that a region has: none, or three; undefined of a region that is not in the table. */
export function azureZonesOf(name: string): readonly string[] | undefined {
  const zones = REGIONS[name]?.zones;
  return zones === undefined ? undefined : ZONES.slice(0, zones);
}

/** Zones that nodes stand in where nobody says otherwise; those of a zonal cluster the first. In a region without a row the usual three. */
export function defaultAzureZones(name: string): readonly string[] {
  return azureZonesOf(name) ?? ZONES;
}

const ZONES: readonly string[] = ["1", "2", "3"];

/** Whether the table says where a VM size is to be had. */
export function isGpuMachine(type: string): type is GpuMachine {
  return GPU_MACHINES.some((known) => known === type);
}

/** How a GPU machine is to be had in a region; undefined where that is not known. */
export function offerOf(name: string, machine: GpuMachine): Offer | undefined {
  return REGIONS[name]?.has?.[machine];
}

/**
 * Zones that a pool of this VM size may be spread over: those of the environment, or none where the size is not in every
 * zone of the region. Then nobody but Azure knows which zones of this subscription have it, and it chooses.
 */
export function zonesFor(name: string, type: string, zones: readonly string[]): readonly string[] {
  const offered = isGpuMachine(type) ? offerOf(name, type)?.zones : undefined;
  return offered === undefined || offered >= (azureZonesOf(name) ?? ZONES).length ? zones : [];
}

/** Regions that are like this, the nearest first, without the region itself. @param most how many are given */
function nearestThat(name: string, isSo: (other: string) => boolean, most: number): readonly string[] {
  const here = REGIONS[name];
  const far = (other: string) => (here === undefined ? 0 : angle(here.at, REGIONS[other]?.at ?? here.at));
  return AZURE_REGION_NAMES.filter((other) => other !== name && isSo(other))
    .sort((a, b) => far(a) - far(b))
    .slice(0, most);
}

/** Regions with a GPU machine, the nearest first. @param atLeast zones of the region that must have it */
export function nearestWithMachine(name: string, machine: GpuMachine, atLeast = 1, most = 3): readonly string[] {
  return nearestThat(name, (other) => (offerOf(other, machine)?.zones ?? 0) >= atLeast, most);
}

/** Regions with availability zones, the nearest first. */
export function nearestWithZones(name: string, most = 3): readonly string[] {
  return nearestThat(name, (other) => (azureZonesOf(other) ?? []).length > 0, most);
}
