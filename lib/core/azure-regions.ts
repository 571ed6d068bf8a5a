// STUB
/** Availability zones that a region has. */
export function defaultAzureZones(_region: string): readonly string[] {
  return ["1", "2", "3"];
}
