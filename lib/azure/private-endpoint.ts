import type { Construct, ITerraformDependable } from "../framework";
import { PrivateEndpoint } from "./bindings";
import type { AzureEstate } from "./estate";
import type { PrivateZone } from "./parts/private-zones";

/** One of Azure's services, as the network reaches it. */
export interface PrivateEndpointProps {
  /** Id of the resource. */
  readonly of: string;
  /** Role word of the endpoint's name, unique in the environment: `data-blob`. */
  readonly name: string;
  /** Part of the service: `blob`, https://learn.microsoft.com/en-us/azure/private-link/private-endpoint-overview#private-link-resource. */
  readonly subresource: string;
  /** Zones that its names are resolved in. */
  readonly zones: readonly PrivateZone[];
  /** Resources of the same layer that only a computed id links it to. @default - none */
  readonly dependsOn?: ITerraformDependable[];
}

/** An address of a service in the subnet `endpoints`, and the names that lead to it; in the layer of the resource. */
export function privateEndpoint(
  scope: Construct,
  id: string,
  { of, name, subresource, zones, dependsOn }: PrivateEndpointProps,
  estate: AzureEstate,
): PrivateEndpoint {
  const own = estate.name("privateEndpoint", name);
  return new PrivateEndpoint(scope, id, {
    name: own,
    ...estate.placed(scope),
    subnetId: estate.subnet("endpoints"),
    customNetworkInterfaceName: `${own}-nic`,
    privateServiceConnection: {
      name: own,
      privateConnectionResourceId: of,
      // Approved at once: whoever deploys owns both ends.
      isManualConnection: false,
      subresourceNames: [subresource],
    },
    privateDnsZoneGroup: { name: "default", privateDnsZoneIds: zones.map((zone) => estate.privateZone(zone)) },
    dependsOn,
  });
}
