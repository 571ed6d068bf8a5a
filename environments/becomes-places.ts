/** Where something stands, and how much of it there is, when a setting says it in a word or not at all. */
import { addressPlan } from "../lib/core/address-plan";
import { defaultZones, isAccelerator, placeOf, REGIONS_DATED, zonesOf, zonesWith } from "../lib/core/google-regions";
import type { Setting } from "./becomes";
import { placedOnAzure } from "./becomes-azure";
import type { Environment } from "./schema";
import { pathText } from "./tree";

/** What a setting of place or amount becomes; nothing for other settings. */
export function placed(environment: Environment, { path, value }: Setting): string | undefined {
  const text = pathText(path);
  if (text === "monitoring.availabilityObjective") return goodPredictions(value);
  const [first, second] = path;
  if (first === "network") return ranges(environment, text, value);
  const isCapacity = first === "kubernetes" && second === "pools" && path.at(-1) === "capacity";
  if (isCapacity && value === "spot" && (environment.cloud === "gcp" || environment.cloud === "azure")) {
    return `two pools on cloud ${environment.cloud}: spot machines, and a twin on demand that is empty until there are none`;
  }
  if (environment.cloud === "azure") return placedOnAzure(environment, text, value);
  if (environment.cloud !== "gcp") return undefined;
  if (text === "kubernetes.highAvailability") return cluster(environment);
  if (text === "clouds.gcp.zones" && value === undefined) return zones(environment.clouds.gcp.region);
  return undefined;
}

/** The zones that have an accelerator, for the end of a sentence. */
export function gpuZones(
  { region, zones }: { readonly region: string; readonly zones?: readonly string[] },
  type: string,
): string {
  const offered = isAccelerator(type) ? zonesWith(region, type) : undefined;
  if (offered === undefined) return `; whether ${region} has it is not known here`;
  const used = (zones ?? defaultZones(region)).filter((zone) => offered.includes(zone));
  return used.length > 0 ? `; in ${used.join(", ")}` : `; in no zone of ${region}`;
}

function goodPredictions(value: unknown): string | undefined {
  if (typeof value !== "number") return undefined;
  const bad = Number(((1 - value) * 1e6).toFixed(0));
  return `at most ${bad} bad predictions in a million, over 28 days`;
}

function ranges({ cloud, clouds, network }: Environment, text: string, value: unknown): string | undefined {
  const carved = cloud === "gcp" ? !clouds.gcp.existing?.subnets : cloud === "azure";
  if (!carved) return undefined;
  const plan = addressPlan(network.cidr, network.ranges);
  if (text === "network.cidr") {
    return Object.entries(plan)
      .map(([part, range]) => `${part} ${range}`)
      .join(", ");
  }
  const [, part] = Object.entries(plan).find(([name]) => text === `network.ranges.${name}`) ?? [];
  return value === undefined && part ? `${part}, carved from network.cidr ${network.cidr}` : undefined;
}

function cluster({ clouds, kubernetes }: Environment & { readonly cloud: "gcp" }): string | undefined {
  const { region, zones = defaultZones(region), existing } = clouds.gcp;
  if (existing?.cluster) return undefined;
  if (kubernetes.highAvailability)
    return `a regional cluster in ${region} (${placeOf(region)}), nodes in ${zones.join(", ")}`;
  return `a zonal cluster in ${zones[0]}; pools with GPUs stand in each of ${zones.join(", ")} that has them`;
}

function zones(region: string): string {
  const source = zonesOf(region) ? `table of ${REGIONS_DATED}` : "not in the table, so the usual ones";
  return `${defaultZones(region).join(", ")} (${source})`;
}
