import { UserError } from "../core/errors";
import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import { organisationUri } from "./azuredevops";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";
import type { AzureDevOps } from "./parts/settings";

/** Machines at the same time; with the five addresses that Azure keeps of each subnet they fit into the smallest one. */
const MACHINES = 4;
/** The image of Microsoft's own machines: https://learn.microsoft.com/en-us/azure/devops/managed-devops-pools/configure-images. */
const IMAGE = "ubuntu-24.04";

/**
 * What the service does in the network: it looks at it, and puts its machines into one subnet.
 * https://learn.microsoft.com/en-us/azure/devops/managed-devops-pools/configure-networking
 */
const NETWORK_RIGHTS = { look: "Reader", join: "Network Contributor" } as const;

/** Of a pool, as far as it is set here: https://learn.microsoft.com/en-us/azure/templates/microsoft.devopsinfrastructure/pools. */
interface Pool {
  readonly properties: {
    readonly devCenterProjectResourceId: string;
    readonly maximumConcurrency: number;
    readonly agentProfile: { readonly kind: "Stateless" };
    readonly organizationProfile: {
      readonly kind: "AzureDevOps";
      readonly organizations: readonly {
        readonly url: string;
        readonly projects: readonly string[];
        readonly parallelism: number;
        readonly openAccess: boolean;
      }[];
      readonly permissionProfile: { readonly kind: "CreatorOnly" };
    };
    readonly fabricProfile: {
      readonly kind: "Vmss";
      readonly sku: { readonly name: string };
      readonly images: readonly { readonly wellKnownImageName: string }[];
      readonly osProfile: { readonly logonType: "Service" };
      readonly storageProfile: { readonly osDiskStorageAccountType: "Standard" | "Premium" | "StandardSSD" };
      readonly networkProfile: { readonly subnetId: string };
    };
  };
}

/**
 * Build machines in the subnet `runners`, for private estates: a Managed DevOps Pool. A machine serves one job and is gone;
 * while nothing builds there is none. It has no public address and no identity of its own, and reaches the internet by the
 * network's NAT.
 *
 * The pool is open to every pipeline of the one project, because a pool is let to a pipeline by an id that only Azure DevOps
 * knows: what a pipeline may do is decided by the service connection, which is let to each by name.
 *
 * Who deploys it must be an administrator of the organisation's agent pools.
 */
export class AzureBuildAgents extends Construct {
  /** What pipelines name: `pool: NAME`. */
  readonly pool: string;

  constructor(scope: Construct, id: string, devops: AzureDevOps, estate: AzureEstate) {
    super(scope, id);
    this.pool = estate.name("devOpsPool", "builds");
    const rights = this.letIn(devops, estate);
    const [center, project] = [estate.name("devCenter", "builds"), estate.name("devCenterProject", "builds")];
    const placed = { parentId: estate.resourceGroupId, location: estate.settings.region, tags: estate.tags(this) };
    const devCenter = new AzapiResource(
      this,
      "DevCenter",
      { ...placed, type: "Microsoft.DevCenter/devcenters@2025-02-01", name: center, body: { properties: {} } },
      estate,
    );
    const home = new AzapiResource(
      this,
      "Project",
      {
        ...placed,
        type: "Microsoft.DevCenter/projects@2025-02-01",
        name: project,
        body: { properties: { devCenterId: devCenter.id, description: "Build machines" } },
      },
      estate,
    );
    new AzapiResource<Pool>(
      this,
      "Pool",
      {
        ...placed,
        type: "Microsoft.DevOpsInfrastructure/pools@2025-09-20",
        name: this.pool,
        body: this.poolBody(devops, home.id, estate),
        dependsOn: rights,
      },
      estate,
    );
  }

  private poolBody(devops: AzureDevOps, project: string, estate: AzureEstate): Pool {
    return {
      properties: {
        devCenterProjectResourceId: project,
        maximumConcurrency: MACHINES,
        agentProfile: { kind: "Stateless" },
        organizationProfile: {
          kind: "AzureDevOps",
          organizations: [
            {
              url: organisationUri(devops),
              projects: [devops.project],
              parallelism: MACHINES,
              openAccess: true,
            },
          ],
          permissionProfile: { kind: "CreatorOnly" },
        },
        fabricProfile: {
          kind: "Vmss",
          sku: { name: estate.machine("cpu-medium").type },
          images: [{ wellKnownImageName: IMAGE }],
          osProfile: { logonType: "Service" },
          storageProfile: { osDiskStorageAccountType: "StandardSSD" },
          networkProfile: { subnetId: estate.subnet("runners") },
        },
      },
    };
  }

  /** The service's own principal has another id in each tenant. */
  private letIn({ poolPrincipal: principal }: AzureDevOps, estate: AzureEstate) {
    if (principal === undefined) {
      throw new UserError({
        where: "clouds.azure.devops.poolPrincipal",
        message: "is missing; delivery.runner is network, and the service that puts machines there is known by it",
        fix: "az ad sp list --display-name DevOpsInfrastructure --query [0].id; or delivery.runner: hosted",
      });
    }
    return [
      assignRole(this, "Look", { principal, role: NETWORK_RIGHTS.look, scope: estate.network }),
      assignRole(this, "Join", { principal, role: NETWORK_RIGHTS.join, scope: estate.subnet("runners") }),
    ];
  }
}
