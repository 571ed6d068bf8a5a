/** What the Azure platform has to know, out of an environment. Does not load the engine. */
import type { Environment } from "../environments/schema";
import type { AzureSettings } from "../lib/azure/parts/settings";
import { addressPlan } from "../lib/core/address-plan";
import { defaultAzureZones } from "../lib/core/azure-regions";

/** An environment on Azure. */
type AzureEnvironment = Environment & { readonly cloud: "azure" };

/** An environment in the platform's words. */
export function azureSettings(environment: AzureEnvironment): AzureSettings {
  const { clouds, network, backend, encryption, overrides, notebooks, serving, teams } = environment;
  const { subscription, tenant, region, zones, resourceGroup, nameSalt, devops, people, existing = {} } = clouds.azure;
  if (backend.type === "gcs") throw new Error("a state in Google Cloud for an estate on Azure");
  return {
    organisation: environment.organisation,
    environment: environment.name,
    owner: environment.owner,
    labels: environment.labels,
    production: environment.tier === "production",
    subscription,
    tenant,
    region,
    zones: zones ?? defaultAzureZones(region),
    resourceGroup,
    backend,
    addresses: addressPlan(network.cidr, network.ranges),
    internet: network.internet,
    publicServing: serving.production.target === "kubernetes" && serving.production.expose === "public",
    ownKeys: encryption.ownKeys,
    nameSalt,
    images: environment.images,
    features: {
      autoMl: environment.autoMl.enabled,
      dataIntegration: environment.dataIntegration.enabled,
      dataProcessing: environment.dataProcessing.enabled,
      featureStore: environment.featureStore.enabled,
      notebooks: notebooks.enabled,
      workflowEngine: environment.workflowEngine.enabled,
    },
    machineTypes: overrides.azure.machineTypes,
    groups: Object.fromEntries(
      teams.flatMap(({ group, entraGroup }) => (entraGroup === undefined ? [] : [[group, entraGroup]])),
    ),
    devops,
    people,
    existing,
  };
}
