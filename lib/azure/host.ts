import { UserError } from "../core/errors";
import { Construct } from "../framework";
import { DnsARecord, DnsZone, PrivateDnsARecord, PrivateDnsZone, PrivateDnsZoneVirtualNetworkLink } from "./bindings";
import type { AzureEstate } from "./estate";

/** Seconds that an answer may be kept: an address that moves is found again soon. */
const TTL = 300;
const PRIVATE_TYPE = "privatednszones";

/** A host name and where it points. */
export interface AzureHostProps {
  /** Without the dot at the end. */
  readonly host: string;
  readonly address: string;
  /** Whether the internet may ask for it, or the environment's network only. */
  readonly visibility: "private" | "public";
  /** What it is for, in the name of the zone's link. */
  readonly role: string;
}

/** Where a record is put. */
interface Place {
  readonly zoneName: string;
  readonly resourceGroupName: string;
  /** `@` for the zone's own name. */
  readonly name: string;
}

/**
 * A host name with its address. The zone that is made for it holds that one name: a private zone of the whole domain would
 * hide the domain's other names from the network. A public one has to be delegated to by the domain's owner.
 */
export class AzureHost extends Construct {
  constructor(scope: Construct, id: string, props: AzureHostProps, estate: AzureEstate) {
    super(scope, id);
    const { host, address, visibility } = props;
    const existing = estate.settings.existing.dnsZone;
    const place = existing === undefined ? this.zone(props, estate) : placeIn(existing, host);
    const hidden = existing === undefined ? visibility === "private" : existing.toLowerCase().includes(PRIVATE_TYPE);
    const Record = hidden ? PrivateDnsARecord : DnsARecord;
    new Record(this, "Record", { ...place, ttl: TTL, records: [address], tags: estate.tags(this) });
  }

  private zone({ host, visibility, role }: AzureHostProps, estate: AzureEstate): Place {
    const { resourceGroup: resourceGroupName } = estate;
    const common = { name: host, resourceGroupName, tags: estate.tags(this) };
    if (visibility === "public") {
      return { zoneName: new DnsZone(this, "Zone", common).name, resourceGroupName, name: "@" };
    }
    const zone = new PrivateDnsZone(this, "Zone", common);
    new PrivateDnsZoneVirtualNetworkLink(this, "Link", {
      name: estate.name("network", role),
      resourceGroupName,
      privateDnsZoneName: zone.name,
      virtualNetworkId: estate.network,
      registrationEnabled: false,
      tags: estate.tags(this),
    });
    return { zoneName: zone.name, resourceGroupName, name: "@" };
  }
}

/** The record's place in a zone that somebody has. @throws UserError for a host outside of it */
function placeIn(zoneId: string, host: string): Place {
  const parts = zoneId.split("/");
  const [resourceGroupName = "", zoneName = ""] = [parts[4], parts.at(-1)];
  if (host === zoneName) return { zoneName, resourceGroupName, name: "@" };
  if (host.endsWith(`.${zoneName}`)) {
    return { zoneName, resourceGroupName, name: host.slice(0, -zoneName.length - 1) };
  }
  throw new UserError({
    where: "serving.production.host",
    message: `got ${host}, which does not lie in the zone ${zoneName}`,
    fix: `Use a name that ends with .${zoneName}, or another clouds.azure.existing.dnsZone`,
  });
}
