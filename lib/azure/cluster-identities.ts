import { Construct, type ITerraformDependable } from "../framework";
import type { RoleAssignment } from "./bindings";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";
import { AzureWorkloadIdentity } from "./workload-identity";

/** What identities are given rights on. */
export interface ClusterIdentitiesProps {
  /** Id of the zone that the control plane's name is written in. @default - Azure makes one */
  readonly dnsZone?: string;
  /** Id of what nodes' disks are encrypted with. @default - Azure's own keys */
  readonly disks?: string;
}

/**
 * Who the cluster's control plane is, and who its nodes pull images as. Pods have identities of their own.
 * https://learn.microsoft.com/en-us/azure/aks/use-managed-identity
 */
export class AzureClusterIdentities extends Construct {
  readonly controlPlane: AzureWorkloadIdentity;
  readonly nodes: AzureWorkloadIdentity;
  /** For `dependsOn`: a cluster whose identities lack a right does not come up. */
  readonly rights: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClusterIdentitiesProps, estate: AzureEstate) {
    super(scope, id);
    this.controlPlane = new AzureWorkloadIdentity(this, "ControlPlane", { workload: "cluster" }, estate);
    this.nodes = new AzureWorkloadIdentity(this, "Nodes", { workload: "nodes" }, estate);
    const pull = assignRole(this.nodes, "pull", {
      principal: this.nodes.principal,
      role: "AcrPull",
      scope: estate.registryId,
    });
    this.rights = [pull, ...this.ofControlPlane(props, estate)];
  }

  private ofControlPlane({ dnsZone, disks }: ClusterIdentitiesProps, estate: AzureEstate): RoleAssignment[] {
    const key = estate.keyId("cluster");
    const rights: readonly (readonly [id: string, role: string, scope: string])[] = [
      ["nodes", "Network Contributor", estate.subnet("nodes")],
      ["api", "Network Contributor", estate.subnet("controlPlane")],
      // Services of type LoadBalancer get their addresses here.
      ["balancers", "Network Contributor", estate.subnet("instances")],
      ["kubelet", "Managed Identity Operator", this.nodes.resourceId],
      ...(disks ? [["disks", "Reader", disks] as const] : []),
      ...(dnsZone
        ? [
            ["zone", "Private DNS Zone Contributor", dnsZone] as const,
            ["network", "Network Contributor", estate.network] as const,
          ]
        : []),
      ...(key
        ? [
            ["key", "Key Vault Crypto User", key] as const,
            // To make its own private endpoint to the vault; in a vault with roles this reads nothing.
            // https://learn.microsoft.com/en-us/azure/aks/use-kms-etcd-encryption?pivots=private-kv
            ["vault", "Key Vault Contributor", estate.vaultId] as const,
          ]
        : []),
    ];
    const { principal } = this.controlPlane;
    return rights.map(([id, role, scope]) => assignRole(this.controlPlane, id, { principal, role, scope }));
  }
}
