/**
 * Google Cloud's regions, their zones, and which zones have which accelerator. A table of one day: a zone that is not
 * listed is refused, what no source says is unknown and is let pass. Does not load the engine.
 */
import { angle, type Place } from "./globe";

/** Day the table was written. */
export const REGIONS_DATED = "2026-11-20";

/** Where the table is from. */
export const REGIONS_SOURCES = {
  regions: "https://docs.cloud.google.com/infrastructure-manager/docs/locations",
  /** Machine and accelerator types by zone as Compute Engine's own lists (machine-types, accelerator-types) gave them. */
  zones:
    "https://github.com/skypilot-org/skypilot-catalog/blob/006059e0f18acb1341e22a27751e9f80df6ba92f/catalogs/v8/gcp/vms.csv",
  /** What to hold it against: Google's page of the same, and `gcloud compute accelerator-types list`. */
  compare: "https://cloud.google.com/compute/docs/gpus/gpu-regions-zones",
} as const;

/** Accelerators that a size class becomes. A zone has one where it has the machine type of that class. */
export const ACCELERATORS = ["nvidia-tesla-t4", "nvidia-l4", "nvidia-tesla-a100", "nvidia-h100-80gb"] as const;
/** One of them, as Google Cloud names it. */
export type Accelerator = (typeof ACCELERATORS)[number];

interface Region {
  readonly place: string;
  /** Whole degrees: for telling which region is near. */
  readonly at: Place;
  /** Letters of the zones. @default - not known */
  readonly zones?: string;
  /** Letters of the zones that have an accelerator. @default - not known where the zones are not, otherwise none */
  readonly has?: Partial<Record<Accelerator, string>>;
}

function region(
  place: string,
  at: Place,
  zones: string,
  [t4 = "", l4 = "", a100 = "", h100 = ""]: readonly string[] = [],
): Region {
  const has = { "nvidia-tesla-t4": t4, "nvidia-l4": l4, "nvidia-tesla-a100": a100, "nvidia-h100-80gb": h100 };
  return { place, at, zones, has };
}

/** By name. The four last words: zones with a T4, an L4 (g2), an A100 40 GB (a2-highgpu), an H100 (a3-highgpu-1g). */
const REGIONS: Readonly<Record<string, Region>> = {
  "africa-south1": region("Johannesburg", [-26, 28], "abc"),
  "asia-east1": region("Taiwan", [24, 121], "abc", ["ac", "abc", "", "c"]),
  "asia-east2": region("Hong Kong", [22, 114], "abc", ["ac"]),
  "asia-northeast1": region("Tokyo", [36, 140], "abc", ["ac", "abc", "ac", "b"]),
  "asia-northeast2": region("Osaka", [35, 136], "abc"),
  "asia-northeast3": region("Seoul", [38, 127], "abc", ["bc", "ab", "ab"]),
  "asia-south1": region("Mumbai", [19, 73], "abc", ["ab", "abc", "", "c"]),
  "asia-south2": region("Delhi", [29, 77], "abc", ["", "", "", "b"]),
  "asia-southeast1": region("Singapore", [1, 104], "abc", ["abc", "abc", "abc", "bc"]),
  "asia-southeast2": region("Jakarta", [-6, 107], "abc", ["ab"]),
  // Younger than the source of the zones.
  "asia-southeast3": { place: "Bangkok", at: [14, 101] },
  "australia-southeast1": region("Sydney", [-34, 151], "abc", ["ac", "", "", "c"]),
  "australia-southeast2": region("Melbourne", [-38, 145], "abc"),
  "europe-central2": region("Warsaw", [52, 21], "abc", ["bc"]),
  "europe-north1": region("Finland", [61, 27], "abc", ["", "", "", "c"]),
  "europe-north2": region("Stockholm", [59, 18], "abc"),
  "europe-southwest1": region("Madrid", [40, -4], "abc"),
  "europe-west1": region("Belgium", [50, 4], "bcd", ["bcd", "bc", "", "bc"]),
  "europe-west2": region("London", [52, 0], "abc", ["ab", "ab"]),
  "europe-west3": region("Frankfurt", [50, 9], "abc", ["b", "ab", "", "c"]),
  "europe-west4": region("Netherlands", [53, 7], "abc", ["abc", "abc", "ab", "bc"]),
  "europe-west6": region("Zurich", [47, 9], "abc", ["", "bc"]),
  "europe-west8": region("Milan", [45, 9], "abc", ["", "", "", "c"]),
  "europe-west9": region("Paris", [49, 2], "abc", ["", "", "", "c"]),
  "europe-west10": region("Berlin", [53, 13], "abc"),
  "europe-west12": region("Turin", [45, 8], "abc"),
  "me-central1": region("Doha", [25, 52], "abc"),
  "me-central2": region("Dammam", [26, 50], "abc", ["", "ac"]),
  "me-west1": region("Tel Aviv", [32, 35], "abc", ["bc", "", "ac"]),
  "northamerica-northeast1": region("Montréal", [46, -74], "abc", ["c", "bc"]),
  "northamerica-northeast2": region("Toronto", [44, -79], "abc", ["", "ab"]),
  "northamerica-south1": region("Mexico", [21, -100], "abc"),
  "southamerica-east1": region("São Paulo", [-24, -47], "abc", ["abc"]),
  "southamerica-west1": region("Santiago", [-33, -71], "abc"),
  "us-central1": region("Iowa", [41, -96], "abcf", ["abcf", "abc", "abcf", "abc"]),
  "us-east1": region("South Carolina", [33, -80], "bcd", ["bcd", "bcd", "b"]),
  "us-east4": region("Northern Virginia", [39, -77], "abc", ["abc", "ac", "", "abc"]),
  "us-east5": region("Columbus", [40, -83], "abc", ["", "", "", "a"]),
  "us-south1": region("Dallas", [33, -97], "abc"),
  "us-west1": region("Oregon", [46, -121], "abc", ["ab", "abc", "b", "ab"]),
  "us-west2": region("Los Angeles", [34, -118], "abc", ["bc"]),
  "us-west3": region("Salt Lake City", [41, -112], "abc", ["b", "", "b"]),
  "us-west4": region("Las Vegas", [36, -115], "abc", ["ab", "ac", "b", "a"]),
};

/** Names of the regions, sorted. */
export const REGION_NAMES: readonly string[] = Object.keys(REGIONS).sort();

/** City or country of a region; the name itself where it is none. */
export function placeOf(name: string): string {
  return REGIONS[name]?.place ?? name;
}

/** Zones of a region, sorted; undefined where they are not known. */
export function zonesOf(name: string): readonly string[] | undefined {
  const zones = REGIONS[name]?.zones;
  return zones === undefined ? undefined : spelled(name, zones);
}

/** Zones that nodes stand in where nobody says otherwise; of a zonal cluster the first. In a region without a row a, b and c. */
export function defaultZones(name: string): readonly string[] {
  return zonesOf(name) ?? spelled(name, "abc");
}

/** Zones of a region that have an accelerator, sorted; undefined where that is not known. */
export function zonesWith(name: string, accelerator: Accelerator): readonly string[] | undefined {
  const letters = REGIONS[name]?.has?.[accelerator];
  return letters === undefined ? undefined : spelled(name, letters);
}

/**
 * Regions with an accelerator, the nearest first, without the region itself.
 * @param atLeast zones of the region that must have it
 * @param most how many are given
 */
export function nearestWith(name: string, accelerator: Accelerator, atLeast = 1, most = 3): readonly string[] {
  const here = REGIONS[name];
  const enough = REGION_NAMES.filter(
    (other) => other !== name && (zonesWith(other, accelerator)?.length ?? 0) >= atLeast,
  );
  const far = (other: string) => (here === undefined ? 0 : angle(here.at, REGIONS[other]?.at ?? here.at));
  return enough.sort((a, b) => far(a) - far(b)).slice(0, most);
}

/** Whether the table says where an accelerator is to be had. */
export function isAccelerator(type: string): type is Accelerator {
  return ACCELERATORS.some((known) => known === type);
}

function spelled(name: string, letters: string): readonly string[] {
  return [...letters].map((letter) => `${name}-${letter}`);
}
