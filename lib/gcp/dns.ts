import { Construct } from "../framework";
import { DnsManagedZone, DnsRecordSet } from "./bindings";
import type { GcpEstate } from "./estate";

/** Seconds that an answer may be kept: an address that moves is found again soon. */
const TTL = 300;

/** No RSASHA1: https://cloud.google.com/dns/docs/dnssec-advanced#signing-options. */
const SIGNING = { algorithm: "ecdsap256sha256", keyLength: 256 } as const;

/** A host name and where it points. */
export interface GcpHostProps {
  /** Without the dot at the end. */
  readonly host: string;
  readonly address: string;
  /** Whether the internet may ask for it, or the environment's network only. */
  readonly visibility: "private" | "public";
  /** `projects/PROJECT/managedZones/NAME`. @default - a zone of the name alone is made, so that no other name is hidden */
  readonly zone?: string;
  /** What it is for, in the zone's name. */
  readonly role: string;
}

/**
 * A host name with its address. The zone that is made for it holds that one name: a private zone of the whole domain would
 * hide the domain's other names from the network. A public one has to be delegated to by the domain's owner.
 */
export class GcpHost extends Construct {
  constructor(scope: Construct, id: string, props: GcpHostProps, estate: GcpEstate) {
    super(scope, id);
    const { host, address, zone } = props;
    const [project, name] = zone === undefined ? [] : [zone.split("/")[1], zone.split("/")[3]];
    new DnsRecordSet(this, "Record", {
      managedZone: name ?? this.zoneOf(props, estate).name,
      ...(project === undefined ? {} : { project }),
      name: `${host}.`,
      type: "A",
      ttl: TTL,
      rrdatas: [address],
    });
  }

  private zoneOf({ host, visibility, role }: GcpHostProps, estate: GcpEstate): DnsManagedZone {
    const hidden = visibility === "private";
    return new DnsManagedZone(this, "Zone", {
      name: estate.name("dnsZone", role),
      description: `Where ${host} is`,
      dnsName: `${host}.`,
      visibility,
      forceDestroy: false,
      labels: estate.labels(this),
      ...(hidden ? { privateVisibilityConfig: { networks: [{ networkUrl: estate.network }] } } : {}),
      ...(hidden ? {} : { cloudLoggingConfig: { enableLogging: true }, dnssecConfig: dnssec() }),
    });
  }
}

function dnssec() {
  return {
    state: "on",
    nonExistence: "nsec3",
    defaultKeySpecs: ["keySigning", "zoneSigning"].map((keyType) => ({ ...SIGNING, keyType })),
  };
}
