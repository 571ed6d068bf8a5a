import { Construct } from "../framework";
import {
  ComputeGlobalAddress,
  type ComputeNetwork,
  DnsManagedZone,
  DnsRecordSet,
  ServiceNetworkingConnection,
} from "./bindings";
import type { GcpEstate } from "./estate";

/**
 * Addresses of `private.googleapis.com`, and those of direct connections to storage services:
 * https://cloud.google.com/vpc/docs/configure-private-google-access#config-options. The other choice,
 * `restricted.googleapis.com`, is for projects inside a service perimeter and does not know every service used here.
 */
export const GOOGLE_APIS = ["199.36.153.8/30", "34.126.0.0/18"] as const;

const PRIVATE_ADDRESSES = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"];

/** Domains of Google's that are answered by those addresses (the list is on the same page). */
const DOMAINS = [
  { role: "googleapis", domain: "googleapis.com", host: "private.googleapis.com" },
  { role: "packages", domain: "pkg.dev", host: "pkg.dev" },
  { role: "images", domain: "gcr.io", host: "gcr.io" },
  { role: "run", domain: "run.app", host: "run.app" },
] as const;

/** Workbench is reached by a proxy that its instances sign on to. */
const NOTEBOOK_DOMAINS = [
  { role: "notebooks", domain: "notebooks.cloud.google.com", host: "notebooks.cloud.google.com" },
  { role: "notebook-content", domain: "notebooks.googleusercontent.com", host: "notebooks.googleusercontent.com" },
] as const;

const TTL_SECONDS = 300;

/** Where it stands. */
export interface GcpPrivateAccessProps {
  readonly network: ComputeNetwork;
}

/** How a network without public addresses reaches Google's services: private names, and a range leased to managed ones. */
export class GcpPrivateAccess extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: GcpPrivateAccessProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const domains = estate.settings.features.notebooks ? [...DOMAINS, ...NOTEBOOK_DOMAINS] : DOMAINS;
    for (const { role, domain, host } of domains) this.answer(role, domain, host);
    this.lease();
  }

  /** Answers a domain and everything below it by the private addresses. */
  private answer(role: string, domain: string, host: string): void {
    const { project } = this.estate.settings;
    const zone = new DnsManagedZone(this, `Zone-${role}`, {
      project,
      name: this.estate.name("dnsZone", role),
      dnsName: `${domain}.`,
      description: `Private addresses of ${domain}.`,
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: this.props.network.id }] },
      // Records that somebody adds by hand would be lost with it.
      forceDestroy: false,
      labels: this.estate.labels(this),
    });
    const record = { project, managedZone: zone.name, ttl: TTL_SECONDS };
    new DnsRecordSet(this, `Host-${role}`, { ...record, name: `${host}.`, type: "A", rrdatas: PRIVATE_ADDRESSES });
    new DnsRecordSet(this, `All-${role}`, { ...record, name: `*.${domain}.`, type: "CNAME", rrdatas: [`${host}.`] });
  }

  /**
   * The range in which Google places the database. The connection is forgotten rather than deleted when the environment
   * is destroyed: Google holds on to it for days after the last database is gone. Its peering stays and keeps the network
   * from being deleted until somebody removes it, `gcloud compute networks peerings delete servicenetworking-googleapis-com`;
   * later providers do that themselves (https://github.com/GoogleCloudPlatform/magic-modules/pull/18476), 6.50 does not.
   */
  private lease(): void {
    const { project, addresses } = this.estate.settings;
    const [address, prefix] = addresses.managed.split("/");
    const range = new ComputeGlobalAddress(this, "Managed", {
      project,
      network: this.props.network.id,
      name: this.estate.name("address", "managed"),
      description: "Leased to Google's managed services.",
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
      address,
      prefixLength: Number(prefix),
      labels: this.estate.labels(this),
    });
    new ServiceNetworkingConnection(this, "Connection", {
      network: this.props.network.id,
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: [range.name],
      deletionPolicy: "ABANDON",
      // A connection that was forgotten before is taken up again.
      updateOnCreationFail: true,
    });
  }
}
