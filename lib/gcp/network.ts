import type { INetwork, NetworkProps } from "../contracts/network";
import { Construct } from "../framework";
import { ComputeNetwork, ComputeRoute, ComputeRouter, ComputeRouterNat, ComputeSubnetwork } from "./bindings";
import type { GcpEstate } from "./estate";
import { GcpFirewall } from "./firewall";
import type { SubnetRole } from "./parts/names";
import { GcpPrivateAccess } from "./private-access";

/** The gateway out of Google's network; by itself it reaches nothing from machines without a public address. */
const GATEWAY = "default-internet-gateway";
/** Share of the connections that flow logs record. */
const FLOW_SAMPLING = { production: 0.5, other: 0.1 } as const;
/**
 * Ports that NAT gives a machine. It begins with few and gets more as it needs them: a node that installs packages for
 * many pods opens thousands of connections to one mirror, an idle one none.
 * https://cloud.google.com/nat/docs/ports-and-addresses
 */
const NAT_PORTS = { min: 64, max: 8192 } as const;

/**
 * A network of the environment's own, or subnets in one that is there. In an existing network only the subnets are made:
 * routes, NAT, firewall, private names and the range for managed services belong to whoever looks after it. When its
 * subnets are there too, nothing is made. Google's own services are reached with and without the internet.
 *
 * Where the network is of another project, that one shares it (Shared VPC), and its owner grants `roles/compute.networkUser`
 * on the subnets to whoever deploys and to the agents of this project that place something there: Google APIs
 * (`NUMBER@cloudservices.gserviceaccount.com`), GKE, Cloud Run, Dataflow, Dataproc, Data Fusion and Workbench; besides
 * `roles/container.hostServiceAgentUser` to GKE's agent, `roles/composer.sharedVpcAgent` to Composer's, and
 * `roles/compute.networkAdmin` and `roles/compute.securityAdmin` to whoever deploys, if subnets are to be made.
 * https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-shared-vpc
 *
 * Cloud Run gives back its addresses an hour or two after its last service is gone; only then can its subnet be deleted.
 * https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
 */
export class GcpNetwork extends Construct implements INetwork {
  readonly reference: string;
  readonly subnets: Readonly<Record<"nodes" | "services" | "endpoints", string>>;

  constructor(
    scope: Construct,
    id: string,
    { internet = true }: NetworkProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { existing } = estate.settings;
    this.reference = estate.network;
    this.subnets = {
      nodes: estate.subnet("nodes"),
      services: estate.subnet("serverless"),
      endpoints: estate.subnet("endpoints"),
    };
    if (existing.network !== undefined) {
      if (existing.subnets === undefined) this.makeSubnets(existing.network);
      return;
    }
    const network = this.makeNetwork();
    const subnets = this.makeSubnets(network.id);
    this.route("private-access", network, "199.36.153.8/30", "Google's services by their private addresses.");
    this.route("direct-access", network, "34.126.0.0/18", "Direct connections to Google's storage services.");
    if (internet) {
      this.route("internet", network, "0.0.0.0/0", "The internet, by NAT only.");
      this.makeNat(network, [subnets.nodes, subnets.serverless]);
    }
    new GcpFirewall(this, "Firewall", { network, internet }, estate);
    new GcpPrivateAccess(this, "PrivateAccess", { network }, estate);
  }

  private makeNetwork(): ComputeNetwork {
    const { project, environment } = this.estate.settings;
    return new ComputeNetwork(this, "Network", {
      project,
      name: this.estate.name("network", "ml"),
      description: `Private network of the environment ${environment}.`,
      autoCreateSubnetworks: false,
      routingMode: "REGIONAL",
      // The default route is made below, by name, so that a network without internet has none.
      deleteDefaultRoutesOnCreate: true,
    });
  }

  private makeSubnets(network: string): Readonly<Record<SubnetRole, ComputeSubnetwork>> {
    const { addresses } = this.estate.settings;
    const secondaryIpRange = (["pods", "services"] as const).map((range) => ({
      rangeName: this.estate.rangeName(range),
      ipCidrRange: addresses[range],
    }));
    return {
      nodes: this.subnet("nodes", network, { ...this.logged(), secondaryIpRange }),
      serverless: this.subnet("serverless", network, this.logged()),
      endpoints: this.subnet("endpoints", network, this.logged()),
      // Machines of Google's load balancers stand in it: neither flow logs nor private access apply.
      proxies: this.subnet("proxies", network, { purpose: "REGIONAL_MANAGED_PROXY", role: "ACTIVE" }),
    };
  }

  private subnet(role: SubnetRole, network: string, more: object): ComputeSubnetwork {
    const { region, addresses } = this.estate.settings;
    return new ComputeSubnetwork(this, `Subnet-${role}`, {
      project: this.estate.network.split("/")[1],
      region,
      network,
      name: this.estate.name("subnet", role),
      ipCidrRange: addresses[role],
      ...more,
    });
  }

  private logged() {
    return {
      purpose: "PRIVATE",
      stackType: "IPV4_ONLY",
      privateIpGoogleAccess: true,
      privateIpv6GoogleAccess: "DISABLE_GOOGLE_ACCESS",
      logConfig: {
        aggregationInterval: "INTERVAL_5_MIN",
        flowSampling: FLOW_SAMPLING[this.estate.settings.production ? "production" : "other"],
        metadata: "INCLUDE_ALL_METADATA",
      },
    } as const;
  }

  private route(role: string, network: ComputeNetwork, destRange: string, description: string): void {
    new ComputeRoute(this, `Route-${role}`, {
      project: this.estate.settings.project,
      network: network.id,
      name: this.estate.name("route", role),
      description,
      destRange,
      nextHopGateway: GATEWAY,
      priority: 1000,
    });
  }

  /** NAT for what runs our code. Its addresses are Google's choice: nothing outside lists them. */
  private makeNat(network: ComputeNetwork, subnets: readonly ComputeSubnetwork[]): void {
    const { project, region } = this.estate.settings;
    const router = new ComputeRouter(this, "Router", {
      project,
      region,
      network: network.id,
      name: this.estate.name("router", "ml"),
      description: "Carries the NAT.",
    });
    new ComputeRouterNat(this, "Nat", {
      project,
      region,
      router: router.name,
      name: this.estate.name("router", "nat"),
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      subnetwork: subnets.map(({ id: name }) => ({ name, sourceIpRangesToNat: ["ALL_IP_RANGES"] })),
      enableDynamicPortAllocation: true,
      enableEndpointIndependentMapping: false,
      minPortsPerVm: NAT_PORTS.min,
      maxPortsPerVm: NAT_PORTS.max,
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    });
  }
}
