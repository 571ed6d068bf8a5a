/** How many copies of a storage account there are, and how far apart. Does not load the engine. */
import type { AzureSettings } from "./settings";

/**
 * Regions without a partner, so without storage that is copied to one,
 * https://learn.microsoft.com/en-us/azure/reliability/regions-list (list of March 2025). Regions that are
 * younger than it are taken for such: belgiumcentral, chilecentral, denmarkeast, malaysiawest.
 */
const UNPAIRED: ReadonlySet<string> = new Set([
  "austriaeast",
  "belgiumcentral",
  "chilecentral",
  "denmarkeast",
  "indonesiacentral",
  "israelcentral",
  "italynorth",
  "malaysiawest",
  "mexicocentral",
  "newzealandnorth",
  "polandcentral",
  "qatarcentral",
  "spaincentral",
]);

/** Whether Azure copies storage of a region to a second one. */
export function isPaired(region: string): boolean {
  return !UNPAIRED.has(region);
}

/**
 * Outside production, one building. In production, every zone that there is, and for what could not be made again the partner
 * region as well. https://learn.microsoft.com/en-us/azure/storage/common/storage-redundancy
 * @param secondRegion whether a copy is to outlive the region
 */
export function replicationOf(
  { production, zones, region }: Pick<AzureSettings, "production" | "zones" | "region">,
  secondRegion: boolean,
): "LRS" | "ZRS" | "GRS" | "GZRS" {
  if (!production) return "LRS";
  const zonal = zones.length > 0;
  if (secondRegion && isPaired(region)) return zonal ? "GZRS" : "GRS";
  return zonal ? "ZRS" : "LRS";
}
