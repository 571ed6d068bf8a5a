/** What the Azure platform has to know, out of an environment. Does not load the engine. */
import type { Environment } from "../environments/schema";
import type { AzureSettings } from "../lib/azure/parts/settings";
import { defaultAzureZones } from "../lib/core/azure-regions";
import { cloudSettings } from "./cloud-settings";

/** An environment on Azure. */
type AzureEnvironment = Environment & { readonly cloud: "azure" };

/** An environment in the platform's words. */
export function azureSettings(environment: AzureEnvironment): AzureSettings {
  const { clouds, network, backend, overrides, serving, teams } = environment;
  const { subscription, tenant, region, zones, resourceGroup, nameSalt, devops, people, existing = {} } = clouds.azure;
  if (backend.type === "gcs") throw new Error("a state in Google Cloud for an estate on Azure");
  return {
    ...cloudSettings(environment),
    subscription,
    tenant,
    region,
    zones: zones ?? defaultAzureZones(region),
    resourceGroup,
    backend,
    internet: network.internet,
    publicServing: serving.production.target === "kubernetes" && serving.production.expose === "public",
    nameSalt,
    machineTypes: overrides.azure.machineTypes,
    groups: Object.fromEntries(
      teams.flatMap(({ group, entraGroup }) => (entraGroup === undefined ? [] : [[group, entraGroup]])),
    ),
    devops,
    people,
    existing,
  };
}
