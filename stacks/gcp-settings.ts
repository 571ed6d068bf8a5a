/** What the Google Cloud platform has to know, out of an environment. Does not load the engine. */
import type { Environment } from "../environments/schema";
import { defaultZones } from "../lib/core/google-regions";
import type { GcpSettings } from "../lib/gcp/parts/settings";
import { cloudSettings } from "./cloud-settings";

/** An environment on Google Cloud. */
type GcpEnvironment = Environment & { readonly cloud: "gcp" };

/** An environment in the platform's words. */
export function gcpSettings(environment: GcpEnvironment): GcpSettings {
  const { clouds, backend, overrides } = environment;
  const { project, projectNumber, region, zones, billingAccount, securityGroup, keyRing, existing = {} } = clouds.gcp;
  if (backend.type === "azurerm") throw new Error("a state in Azure for an estate on Google Cloud");
  return {
    ...cloudSettings(environment),
    project,
    projectNumber: String(projectNumber),
    region,
    zones: zones ?? defaultZones(region),
    billingAccount,
    securityGroup,
    backend,
    keyRing,
    machineTypes: overrides.gcp.machineTypes,
    existing,
  };
}
