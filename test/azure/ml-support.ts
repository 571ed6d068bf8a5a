/** What tests of the ml layer on Azure share. */
import { AzureEstate } from "../../lib/azure/estate";
import type { ObjectStorePurpose } from "../../lib/contracts/object-store";
import { isLacking, type Provided } from "../../lib/contracts/provided";
import type { SynthesizedStack } from "../support/synth";
import { type AzureBench, PRODUCTION, resources } from "./support";

export const estate = new AzureEstate(PRODUCTION);

export function there<T extends object>(part: Provided<T>): T {
  if (isLacking(part)) throw new Error(part.lacking);
  return part;
}

/** What the parts of the ml layer are made of. */
export function around({ platform, layer }: AzureBench) {
  const store = (purpose: ObjectStorePurpose) => there(platform.objectStore(layer("data"), purpose, { purpose }));
  return {
    datasets: store("datasets"),
    artifacts: store("artifacts"),
    packages: store("packages"),
    database: there(platform.metadataDatabase(layer("data"), "Database", { class: "db-small" })),
    identity: there(platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" })),
  };
}

/** Resource of an Azure ML workspace below its id. */
export const inWorkspace = (rest: string) => `${estate.workspaceId}/${rest}`;

/** `ROLE on SCOPE` of the assignments whose address begins with a construct's path, sorted. */
export function rightsOf(stack: SynthesizedStack | undefined, path: string): string[] {
  return Object.entries(stack?.resource.azurerm_role_assignment ?? {})
    .filter(([id]) => id.startsWith(path))
    .map(([, right]) => right as { role_definition_name: string; scope: string })
    .map(({ role_definition_name, scope }) => `${role_definition_name} on ${scope}`)
    .sort();
}

/** Resources of Azure's API of one type, in the order of their addresses. */
export function ofType(stack: SynthesizedStack | undefined, type: string): readonly Record<string, unknown>[] {
  return resources(stack, "azapi_resource").filter((one) => `${one.type}`.split("@")[0]?.endsWith(type));
}
