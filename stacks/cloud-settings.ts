/** What every public cloud's platform has to know, out of an environment. Does not load the engine. */
import type { Environment } from "../environments/schema";
import { addressPlan } from "../lib/core/address-plan";

/** The settings that are the same on every public cloud. */
export function cloudSettings(environment: Environment) {
  const { network } = environment;
  return {
    organisation: environment.organisation,
    environment: environment.name,
    owner: environment.owner,
    labels: environment.labels,
    production: environment.tier === "production",
    addresses: addressPlan(network.cidr, network.ranges),
    ownKeys: environment.encryption.ownKeys,
    images: environment.images,
    features: {
      autoMl: environment.autoMl.enabled,
      dataIntegration: environment.dataIntegration.enabled,
      dataProcessing: environment.dataProcessing.enabled,
      featureStore: environment.featureStore.enabled,
      notebooks: environment.notebooks.enabled,
      workflowEngine: environment.workflowEngine.enabled,
    },
  };
}
