import type { INetwork, NetworkProps } from "../contracts/network";
import { UserError } from "../core/errors";
import { Construct } from "../framework";
import {
  NatGateway,
  NatGatewayPublicIpAssociation,
  PublicIp,
  SubnetNatGatewayAssociation,
  VirtualNetwork,
} from "./bindings";
import type { AzureEstate } from "./estate";
import { SUBNETS, type SubnetRole } from "./parts/names";
import { OUTGOING, subnetRanges } from "./parts/subnets";
import { AzurePrivateAccess } from "./private-access";
import { AzureSubnet } from "./subnet";

/** Minutes after which an idle connection through NAT is given up; a job that waits for a reply longer sends keepalives. */
const IDLE_MINUTES = 10;
/** `/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/NAME`. */
const NETWORK_ID =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/virtualNetworks\/([^/]+)$/i;

/** Where the subnets are made. */
interface Place {
  readonly resourceGroupName: string;
  readonly virtualNetworkName: string;
}

/**
 * A network of the environment's own, or subnets in one that is there. In an existing network only the subnets, what may
 * pass in and out of them, and the private endpoints are made: its routes and its way out belong to whoever looks after it.
 *
 * `internet: false` takes the internet out of what may pass. The NAT gateway stays: sign-in, Microsoft's images, telemetry
 * and Azure's management have no private address, and without them neither a node nor a container starts.
 *
 * Not here: flow logs. They are written into a storage account, and accounts belong to a later layer.
 */
export class AzureNetwork extends Construct implements INetwork {
  readonly reference: string;
  readonly subnets: Readonly<Record<"nodes" | "services" | "endpoints", string>>;

  constructor(
    scope: Construct,
    id: string,
    { internet = true }: NetworkProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { existing, addresses } = estate.settings;
    this.reference = estate.network;
    this.subnets = {
      nodes: estate.subnet("nodes"),
      services: estate.subnet("apps"),
      endpoints: estate.subnet("endpoints"),
    };
    const own = existing.network === undefined ? this.makeNetwork() : undefined;
    const place = own
      ? { resourceGroupName: estate.resourceGroup, virtualNetworkName: own.name }
      : this.placeOf(estate.network);
    const ranges = subnetRanges(addresses);
    const made = new Map<SubnetRole, AzureSubnet>();
    for (const role of SUBNETS) {
      const all = { ...ranges, pods: addresses.pods };
      made.set(role, new AzureSubnet(this, role, { role, place, ranges: all, internet }, estate));
    }
    if (own) this.makeNat(made);
    new AzurePrivateAccess(this, "PrivateAccess", { network: own?.id ?? estate.network }, estate);
  }

  /** Its ranges are those of the subnets, no more: what they leave of the environment's range is the pods'. */
  private makeNetwork(): VirtualNetwork {
    const ranges = subnetRanges(this.estate.settings.addresses);
    return new VirtualNetwork(this, "Network", {
      name: this.estate.name("network", "ml"),
      ...this.estate.placed(this),
      addressSpace: SUBNETS.map((role) => ranges[role]),
    });
  }

  private placeOf(network: string): Place {
    const [, subscription, resourceGroupName, virtualNetworkName] = NETWORK_ID.exec(network) ?? [];
    if (resourceGroupName && virtualNetworkName && subscription === this.estate.settings.subscription) {
      return { resourceGroupName, virtualNetworkName };
    }
    throw new UserError({
      where: this.node.path,
      message: `clouds.azure.existing.network is ${network}, wanted is a virtual network of the environment's own subscription`,
      fix: "Write /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/NAME with clouds.azure.subscription",
    });
  }

  /**
   * The only way out, for what runs our code. One zone: Azure has the gateway in one anyway, named or not
   * (https://learn.microsoft.com/en-us/azure/nat-gateway/nat-overview#availability-zones); its address outlives the zone.
   */
  private makeNat(subnets: ReadonlyMap<SubnetRole, AzureSubnet>): void {
    const { estate } = this;
    const { zones } = estate.settings;
    const address = new PublicIp(this, "Address", {
      name: estate.name("address", "nat"),
      ...estate.placed(this),
      sku: "Standard",
      allocationMethod: "Static",
      ...(zones.length > 0 && { zones: [...zones] }),
    });
    const nat = new NatGateway(this, "Nat", {
      name: estate.name("natGateway", "ml"),
      ...estate.placed(this),
      skuName: "Standard",
      idleTimeoutInMinutes: IDLE_MINUTES,
      ...(estate.zone && { zones: [estate.zone] }),
    });
    new NatGatewayPublicIpAssociation(this, "NatAddress", {
      natGatewayId: nat.id,
      publicIpAddressId: address.id,
    });
    for (const role of OUTGOING) {
      const subnet = subnets.get(role);
      if (subnet) new SubnetNatGatewayAssociation(subnet, "Nat", { subnetId: subnet.subnetId, natGatewayId: nat.id });
    }
  }
}
