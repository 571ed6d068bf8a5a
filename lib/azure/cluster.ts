import type { ClusterProps, ICluster } from "../contracts/cluster";
import { awaitedByName } from "../core/ordering";
import { handOver } from "../core/outputs";
import { SYSTEM_POOL } from "../core/system-pool";
import { Construct, type ITerraformDependable } from "../framework";
import { ContainerRegistryCacheRule, DiskEncryptionSet, KubernetesCluster } from "./bindings";
import { AzureClusterIdentities } from "./cluster-identities";
import { AzureClusterTelemetry } from "./cluster-telemetry";
import type { AzureEstate } from "./estate";
import { AzureNodePools, nodeBasics, nodeLabels, UPGRADE, zonesOf } from "./node-pool";
import { clusterAddOns, clusterUpgrades } from "./parts/cluster";

/**
 * Images of the cluster's own parts, where they are fetched without the internet; names as the service wants them.
 * https://learn.microsoft.com/en-us/azure/aks/network-isolated
 */
const OWN_IMAGES = {
  name: "aks-managed-mcr",
  sourceRepo: "mcr.microsoft.com/*",
  targetRepo: "aks-managed-repository/*",
} as const;

/** The DNS label of a cluster has at most so many characters. */
const DNS_PREFIX = 54;

/**
 * A private cluster on AKS. Its API server stands in the environment's own network, where private vaults can be used for what
 * it keeps, and nodes reach it without a tunnel: https://learn.microsoft.com/en-us/azure/aks/api-server-vnet-integration.
 * Who may do what is decided by Entra and roles of Azure alone.
 */
export class AzureCluster extends Construct implements ICluster {
  readonly endpoint: string;
  readonly issuer: string;
  private readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    this.name = estate.name("cluster", "ml");
    const { highAvailability = false, pools, deletionProtection = true } = props;
    const disks = this.diskEncryption();
    const identities = new AzureClusterIdentities(
      this,
      "Identities",
      { dnsZone: this.dnsZone, disks: disks?.id },
      estate,
    );
    estate.share("clusterPrincipal", identities.controlPlane.principal);
    const cluster = new KubernetesCluster(this, "Cluster", {
      ...this.basics(disks?.id),
      ...this.network(),
      ...this.access(identities),
      ...clusterUpgrades(props),
      ...clusterAddOns(estate),
      defaultNodePool: this.systemPool(),
      keyManagementService: this.etcdKey(),
      dependsOn: [...identities.rights, ...this.ownImages()],
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    awaitedByName(this, estate.cluster, [cluster]);
    new AzureClusterTelemetry(this, "Telemetry", { cluster: cluster.id }, estate);
    new AzureNodePools(this, "Pools", { cluster: cluster.id, pools, highAvailability }, estate);
    this.endpoint = this.handOverEndpoint(cluster.privateFqdn);
    this.issuer = this.handOverIssuer(cluster.oidcIssuerUrl);
  }

  private handOverEndpoint(host: string): string {
    return handOver(this, {
      key: "clusterPrivateEndpoint",
      value: `https://${host}`,
      example: `https://${this.dnsPrefix}-0a1b2c3d.private.${this.estate.settings.region}.azmk8s.io`,
      description: "Address of the cluster's control plane, in the network",
    });
  }

  private handOverIssuer(value: string): string {
    const { region, tenant } = this.estate.settings;
    const issuer = handOver(this, {
      key: "clusterTokenIssuer",
      value,
      example: `https://${region}.oic.prod-aks.azure.com/${tenant}/00000000-0000-4000-8000-0000000000e1/`,
      description: "Issuer of the tokens of the cluster's service accounts",
    });
    this.estate.share("clusterIssuer", issuer);
    return issuer;
  }

  private get dnsPrefix(): string {
    return this.name.slice(0, DNS_PREFIX).replace(/-+$/, "");
  }

  /**
   * Where somebody else has the zones, the control plane's is one of them; else Azure makes one beside the nodes. An API server
   * in the network has another zone than one behind a private link (`privatelink.…`).
   * https://learn.microsoft.com/en-us/azure/aks/private-clusters#configure-a-private-dns-zone
   */
  private get dnsZone(): string | undefined {
    const { existing, region } = this.estate.settings;
    if (existing.privateDnsZones === undefined) return undefined;
    const zone = `private.${region}.azmk8s.io`;
    return `${existing.privateDnsZones}/providers/Microsoft.Network/privateDnsZones/${zone}`;
  }

  private basics(disks: string | undefined) {
    const { estate, name } = this;
    const paid = estate.settings.production || this.props.highAvailability === true;
    return {
      name,
      ...estate.placed(this),
      nodeResourceGroup: estate.nodeResourceGroup,
      // With an uptime that Azure answers for. https://learn.microsoft.com/en-us/azure/aks/free-standard-pricing-tiers
      skuTier: paid ? "Standard" : "Free",
      costAnalysisEnabled: paid,
      supportPlan: "KubernetesOfficial",
      ...(disks === undefined ? {} : { diskEncryptionSetId: disks }),
    };
  }

  private network() {
    const { estate, dnsPrefix, dnsZone } = this;
    const { addresses, internet } = estate.settings;
    return {
      ...(dnsZone ? { dnsPrefixPrivateCluster: dnsPrefix } : { dnsPrefix }),
      privateClusterEnabled: true,
      privateClusterPublicFqdnEnabled: false,
      privateDnsZoneId: dnsZone ?? "System",
      apiServerAccessProfile: { virtualNetworkIntegrationEnabled: true, subnetId: estate.subnet("controlPlane") },
      networkProfile: {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        networkPolicy: "cilium",
        networkDataPlane: "cilium",
        loadBalancerSku: "standard",
        podCidr: addresses.pods,
        serviceCidr: addresses.services,
        dnsServiceIp: dnsServiceIp(addresses.services),
        outboundType: internet ? "userAssignedNATGateway" : "none",
      },
      ...(internet ? {} : { bootstrapProfile: { artifactSource: "Cache", containerRegistryId: estate.registryId } }),
    };
  }

  private access({ controlPlane, nodes }: AzureClusterIdentities) {
    return {
      roleBasedAccessControlEnabled: true,
      localAccountDisabled: true,
      azureActiveDirectoryRoleBasedAccessControl: {
        azureRbacEnabled: true,
        tenantId: this.estate.settings.tenant,
      },
      oidcIssuerEnabled: true,
      workloadIdentityEnabled: true,
      runCommandEnabled: false,
      identity: { type: "UserAssigned", identityIds: [controlPlane.resourceId] },
      kubeletIdentity: {
        clientId: nodes.clientId,
        objectId: nodes.principal,
        userAssignedIdentityId: nodes.resourceId,
      },
    };
  }

  private systemPool() {
    const { estate } = this;
    const { highAvailability = false } = this.props;
    const min = highAvailability ? Math.min(Math.max(estate.settings.zones.length, 1), SYSTEM_POOL.max) : 1;
    return {
      ...nodeBasics(estate, SYSTEM_POOL),
      type: "VirtualMachineScaleSets",
      minCount: min,
      maxCount: SYSTEM_POOL.max,
      onlyCriticalAddonsEnabled: true,
      zones: zonesOf(estate, highAvailability),
      nodeLabels: nodeLabels({ ...SYSTEM_POOL, min }),
      upgradeSettings: UPGRADE,
      tags: estate.tags(this),
    };
  }

  /**
   * Disks of nodes and volumes with the environment's own key. Both this and the cluster's store demand a version of the key;
   * it comes from the layer that made it, so a rotated key is taken over with the next deployment.
   */
  private diskEncryption(): DiskEncryptionSet | undefined {
    const { estate } = this;
    if (!estate.settings.ownKeys) return undefined;
    return new DiskEncryptionSet(this, "Disks", {
      name: estate.name("diskEncryptionSet", "cluster"),
      ...estate.placed(this),
      encryptionType: "EncryptionAtRestWithCustomerKey",
      keyVaultKeyId: estate.shared("clusterKey"),
      autoKeyRotationEnabled: false,
      identity: { type: "UserAssigned", identityIds: [estate.identity("encryption")] },
    });
  }

  /** https://learn.microsoft.com/en-us/azure/aks/use-kms-etcd-encryption */
  private etcdKey() {
    if (!this.estate.settings.ownKeys) return undefined;
    return { keyVaultKeyId: this.estate.shared("clusterKey"), keyVaultNetworkAccess: "Private" };
  }

  private ownImages(): ITerraformDependable[] {
    const { estate } = this;
    if (estate.settings.internet) return [];
    return [
      new ContainerRegistryCacheRule(this, "OwnImages", { ...OWN_IMAGES, containerRegistryId: estate.registryId }),
    ];
  }
}

/** The tenth address of the services, as AKS has it by itself. */
function dnsServiceIp(services: string): string {
  const octets = (services.split("/")[0] ?? "").split(".");
  return [...octets.slice(0, 3), String(Number(octets[3]) + 10)].join(".");
}
