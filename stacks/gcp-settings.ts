/** What the Google Cloud platform has to know, out of an environment. Does not load the engine. */
import type { Environment } from "../environments/schema";
import { addressPlan } from "../lib/core/address-plan";
import { defaultZones } from "../lib/core/google-regions";
import type { GcpSettings } from "../lib/gcp/parts/settings";

/** An environment on Google Cloud. */
type GcpEnvironment = Environment & { readonly cloud: "gcp" };

/** An environment in the platform's words. */
export function gcpSettings(environment: GcpEnvironment): GcpSettings {
  const { clouds, network, backend, encryption, overrides, notebooks } = environment;
  const { project, projectNumber, region, zones, billingAccount, securityGroup, keyRing, existing = {} } = clouds.gcp;
  if (backend.type === "azurerm") throw new Error("a state in Azure for an estate on Google Cloud");
  return {
    organisation: environment.organisation,
    environment: environment.name,
    owner: environment.owner,
    labels: environment.labels,
    production: environment.tier === "production",
    project,
    projectNumber: String(projectNumber),
    region,
    zones: zones ?? defaultZones(region),
    billingAccount,
    securityGroup,
    backend,
    addresses: addressPlan(network.cidr, network.ranges),
    ownKeys: encryption.ownKeys,
    keyRing,
    images: environment.images,
    features: {
      autoMl: environment.autoMl.enabled,
      dataIntegration: environment.dataIntegration.enabled,
      dataProcessing: environment.dataProcessing.enabled,
      featureStore: environment.featureStore.enabled,
      notebooks: notebooks.enabled,
      workflowEngine: environment.workflowEngine.enabled,
    },
    machineTypes: overrides.gcp.machineTypes,
    existing,
  };
}
