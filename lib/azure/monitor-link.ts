import { Construct } from "../framework";
import {
  MonitorPrivateLinkScope,
  MonitorPrivateLinkScopedService,
  PrivateDnsZone,
  PrivateDnsZoneVirtualNetworkLink,
  PrivateEndpoint,
} from "./bindings";
import type { AzureEstate } from "./estate";
import { privateEndpoint } from "./private-endpoint";

/** What is reached. */
export interface MonitorLinkProps {
  /** Id of the endpoint that agents send to. */
  readonly endpoint: string;
  /** Id of the workspace of figures. */
  readonly metrics: string;
}

/**
 * Azure Monitor from inside the network, where it is closed to the internet.
 * https://learn.microsoft.com/en-us/azure/azure-monitor/logs/private-link-security
 *
 * Networks that share a name server share such a link: in a network that exists already, others' workspaces stay reachable.
 */
export class AzureMonitorLink extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { endpoint, metrics }: MonitorLinkProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { resourceGroupName, tags } = estate.placed(this);
    const mode = estate.settings.existing.network === undefined ? "PrivateOnly" : "Open";
    const link = new MonitorPrivateLinkScope(this, "Scope", {
      name: estate.name("privateLinkScope", "monitor"),
      resourceGroupName,
      ingestionAccessMode: mode,
      queryAccessMode: mode,
      tags,
    });
    const reached = { logs: estate.logs, collection: endpoint };
    const services = Object.entries(reached).map(
      ([name, linkedResourceId]) =>
        new MonitorPrivateLinkScopedService(this, `Of-${name}`, {
          name,
          resourceGroupName,
          scopeName: link.name,
          linkedResourceId,
        }),
    );
    privateEndpoint(
      this,
      "Endpoint",
      {
        of: link.id,
        name: "monitor",
        subresource: "azuremonitor",
        zones: ["monitor", "oms", "ods", "automation", "blob"],
        // The endpoint's names are those of the services that the link has when it is made.
        dependsOn: services,
      },
      estate,
    );
    this.queries(metrics);
  }

  /** Figures are asked for at an address of their own, whose zone has the region's name. */
  private queries(metrics: string): void {
    const { estate } = this;
    const name = estate.name("privateEndpoint", "metrics");
    new PrivateEndpoint(this, "Queries", {
      name,
      ...estate.placed(this),
      subnetId: estate.subnet("endpoints"),
      customNetworkInterfaceName: `${name}-nic`,
      privateServiceConnection: {
        name,
        privateConnectionResourceId: metrics,
        isManualConnection: false,
        subresourceNames: ["prometheusMetrics"],
      },
      privateDnsZoneGroup: { name: "default", privateDnsZoneIds: [this.queryZone()] },
    });
  }

  private queryZone(): string {
    const { estate } = this;
    const { region, existing } = estate.settings;
    const name = `privatelink.${region}.prometheus.monitor.azure.com`;
    if (existing.privateDnsZones) {
      return `${existing.privateDnsZones}/providers/Microsoft.Network/privateDnsZones/${name}`;
    }
    const { resourceGroupName, tags } = estate.placed(this);
    const zone = new PrivateDnsZone(this, "Zone", { name, resourceGroupName, tags });
    new PrivateDnsZoneVirtualNetworkLink(this, "ZoneInNetwork", {
      name: "network",
      resourceGroupName,
      privateDnsZoneName: zone.name,
      virtualNetworkId: estate.network,
      registrationEnabled: false,
      tags,
    });
    return zone.id;
  }
}
