import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { NetworkSecurityGroup, Subnet, SubnetNetworkSecurityGroupAssociation } from "./bindings";
import type { AzureEstate } from "./estate";
import type { SubnetRole } from "./parts/names";
import { securityRules } from "./parts/security-rules";
import { DELEGATIONS, OUTGOING } from "./parts/subnets";

/** One of the environment's subnets. */
export interface AzureSubnetProps {
  readonly role: SubnetRole;
  /** The network it is part of. */
  readonly place: { readonly resourceGroupName: string; readonly virtualNetworkName: string };
  /** Ranges of all of them, and of the pods. */
  readonly ranges: Readonly<Record<SubnetRole | "pods", string>>;
  /** Whether HTTPS to the internet is let out. */
  readonly internet: boolean;
}

/** A part of the network, with what may pass in and out of it; nothing in it has a way out that nobody gave it. */
export class AzureSubnet extends Construct {
  readonly subnetId: string;

  constructor(scope: Construct, id: string, props: AzureSubnetProps, estate: AzureEstate) {
    super(scope, id);
    const { role, place, ranges, internet } = props;
    const delegation = DELEGATIONS[role];
    const incoming = role === "nodes" && estate.settings.publicServing === true;
    // Production's queue has a private endpoint; the reader runs on Container Apps.
    const queue = role === "apps" && !estate.settings.production;
    const outgoing = internet && OUTGOING.some((other) => other === role);
    const subnet = new Subnet(this, "Subnet", {
      ...place,
      name: estate.subnetName(role),
      addressPrefixes: [ranges[role]],
      defaultOutboundAccessEnabled: false,
      // Without it the rules below would not count for private endpoints.
      privateEndpointNetworkPolicies: "NetworkSecurityGroupEnabled",
      ...(delegation && {
        delegation: [{ name: role, serviceDelegation: { name: delegation.service, actions: [...delegation.actions] } }],
      }),
    });
    const group = new NetworkSecurityGroup(this, "Rules", {
      name: estate.name("securityGroup", subnetWord(role)),
      ...estate.placed(this),
      securityRule: securityRules(role, ranges, { outgoing, incoming, queue }),
    });
    const guard = new SubnetNetworkSecurityGroupAssociation(this, "Guard", {
      subnetId: subnet.id,
      networkSecurityGroupId: group.id,
    });
    awaitedByName(this, estate.subnet(role), [subnet, guard]);
    this.subnetId = subnet.id;
  }
}

/** A role as a word of a name. */
function subnetWord(role: SubnetRole): string {
  return role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
