import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { PrivateDnsZone, PrivateDnsZoneVirtualNetworkLink } from "./bindings";
import type { AzureEstate } from "./estate";
import { PRIVATE_ZONES, type PrivateZone } from "./parts/private-zones";
import { privateEndpoint } from "./private-endpoint";

/** Zones of Azure Monitor's private link, https://learn.microsoft.com/en-us/azure/azure-monitor/logs/private-link-configure. */
const MONITOR_ZONES: readonly PrivateZone[] = ["monitor", "oms", "ods", "automation"];

/** The network that names are resolved in. */
export interface AzurePrivateAccessProps {
  /** Its id. */
  readonly network: string;
}

/**
 * Names of Azure's services that lead to private endpoints, and the endpoint of the vault, which is older than the network.
 * Zones that exist belong to somebody else, with the network's link to them; an existing vault has its endpoint there
 * already, and a second one would take its name over.
 */
export class AzurePrivateAccess extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzurePrivateAccessProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { existing } = estate.settings;
    const ownZones = existing.privateDnsZones === undefined;
    if (ownZones) for (const zone of this.zones()) this.makeZone(zone);
    if (ownZones || existing.vault === undefined) this.reachVault();
  }

  /** A zone that is linked and empty hides what others have in it, so those of Azure Monitor come with its link only. */
  private zones(): PrivateZone[] {
    const all = Object.keys(PRIVATE_ZONES).filter(isZone);
    return this.estate.settings.production ? all : all.filter((zone) => !MONITOR_ZONES.includes(zone));
  }

  private makeZone(zone: PrivateZone): void {
    const { estate } = this;
    const { resourceGroupName, tags } = estate.placed(this);
    const made = new PrivateDnsZone(this, `Zone-${zone}`, { resourceGroupName, name: PRIVATE_ZONES[zone], tags });
    const link = new PrivateDnsZoneVirtualNetworkLink(this, `Link-${zone}`, {
      resourceGroupName,
      privateDnsZoneName: made.name,
      name: estate.name("network", "ml"),
      virtualNetworkId: this.props.network,
      registrationEnabled: false,
      tags,
    });
    awaitedByName(this, estate.privateZone(zone), [made, link]);
  }

  private reachVault(): void {
    privateEndpoint(
      this,
      "Vault",
      { of: this.estate.vaultId, name: "vault", subresource: "vault", zones: ["vault"] },
      this.estate,
    );
  }
}

function isZone(key: string): key is PrivateZone {
  return key in PRIVATE_ZONES;
}
