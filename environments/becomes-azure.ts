/** What settings of an environment on Azure become, where the file says it in a word or not at all. */
import {
  AZURE_REGIONS_DATED,
  azurePlaceOf,
  azureZonesOf,
  defaultAzureZones,
  isGpuMachine,
  offerOf,
} from "../lib/core/azure-regions";
import { nameFor } from "../lib/core/naming";
import type { AzureService } from "../lib/core/sizes";
import type { Environment } from "./schema";

type OnAzure = Environment & { readonly cloud: "azure" };

/** A setting of place, name or amount; nothing for other settings. @param text its path */
export function placedOnAzure(environment: OnAzure, text: string, value: unknown): string | undefined {
  const { organisation, name, clouds, metadata, budget } = environment;
  const { region } = clouds.azure;
  switch (text) {
    case "kubernetes.highAvailability":
      return cluster(environment);
    case "clouds.azure.zones":
      return value === undefined ? zones(region) : undefined;
    case "clouds.azure.resourceGroup":
      return value === undefined
        ? nameFor("azure.resourceGroup", { organisation, environment: name, role: "ml" })
        : undefined;
    case "metadata.storageGiB":
      return diskOf(metadata.storageGiB);
    case "metadata.highAvailability":
      return value === true ? standby(environment) : undefined;
    case "budget.currency":
    case "budget.monthly":
      return budget && "an amount in the currency that the subscription is billed in: Azure's budgets know no other";
    default:
      return undefined;
  }
}

/** In how many zones a GPU machine is, for the end of a sentence. */
export function gpuPlaces({ region }: { readonly region: string }, type: string): string {
  if (!isGpuMachine(type)) return "";
  const offer = offerOf(region, type);
  if (offer === undefined) return `; whether ${region} has it is not known here`;
  if (offer.zones === 0) return `; not in ${region}`;
  const all = azureZonesOf(region)?.length ?? 0;
  return all === 0 ? `; in ${region}, which has no zones` : `; in ${offer.zones} of the ${all} zones of ${region}`;
}

/** The service that a class is a machine of, where it takes other series than virtual machines do. @param text path of the class */
export function serviceOf({ cloud, serving }: Environment, text: string): AzureService | undefined {
  if (cloud !== "azure") return undefined;
  if (text === "training.class" || text === "notebooks.class") return "mlCompute";
  return text === "serving.production.class" && serving.production.target === "managed" ? "mlEndpoint" : undefined;
}

function cluster({ clouds, kubernetes }: OnAzure): string | undefined {
  const { region, zones = defaultAzureZones(region), existing } = clouds.azure;
  if (existing?.cluster) return undefined;
  const place = `${region} (${azurePlaceOf(region)})`;
  if (zones.length === 0) return `a cluster in ${place}, which has no zones`;
  if (kubernetes.highAvailability) return `a cluster in ${place}, nodes in zones ${zones.join(", ")}`;
  return `a cluster in ${place}, nodes in zone ${zones[0]}; the control plane is in every zone by itself`;
}

function standby({ clouds }: OnAzure): string {
  const { region, zones = defaultAzureZones(region) } = clouds.azure;
  const [zone, other] = zones;
  if (other !== undefined) return `a server in zone ${zone} and a standby in zone ${other}`;
  return `a standby beside the server, on other hardware: ${zone === undefined ? `${region} has no zones` : `there is zone ${zone} only`}`;
}

function zones(region: string): string {
  const known = azureZonesOf(region);
  const source = known ? `table of ${AZURE_REGIONS_DATED}` : "not in the table, so the usual ones";
  const list = defaultAzureZones(region);
  return list.length > 0 ? `${list.join(", ")} (${source})` : `none: ${region} has no zones (${source})`;
}

/** Disks that a server may have, GiB, https://learn.microsoft.com/en-us/azure/postgresql/compute-storage/concepts-storage-premium-ssd. */
const DISKS = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];

function diskOf(storage: number): string | undefined {
  const disk = DISKS.find((size) => size >= storage) ?? DISKS.at(-1);
  return disk === storage ? undefined : `${disk} GiB on cloud azure, the next size that there is`;
}
