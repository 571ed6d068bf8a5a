import { awaitedByName, resourcesOf } from "../core/ordering";
import { Construct, type TerraformResource } from "../framework";
import { AzapiUpdate } from "./azapi";
import {
  ApplicationInsights,
  MachineLearningComputeCluster,
  MachineLearningDatastoreBlobstorage,
  MachineLearningWorkspace,
} from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";
import { AZURE_ML_API } from "./parts/azureml";
import { privateEndpoint } from "./private-endpoint";
import { AzureWorkloadIdentity } from "./workload-identity";
import { workspaceKey } from "./workspace-key";
import { isolationMode, outboundRules } from "./workspace-network";
import { IN_WORKSPACE, OWN_STORE, READ_STORES, workspaceRights } from "./workspace-rights";

/** Gigabytes a day that are taken in, so that a chatty service cannot cost without limit. */
const DAILY_GIGABYTES = { production: 100, other: 1 } as const;

/** Name of a datastore: letters, digits, underscores. */
function datastoreName(purpose: string): string {
  return purpose.replace(/-/g, "_");
}

/**
 * The Azure ML workspace and what it cannot do without: Application Insights, an identity of its own, its managed network, the
 * cluster that builds images, and the datastores. Nothing in it has a key: storage, vault and registry are entered by identities.
 *
 * The registry's admin user stays off, although Azure ML asks for it where a workspace has only the identity that it comes with: this
 * one's user-assigned identity pulls and pushes instead. It has no lock, because a lock would forbid to delete what comes and goes in it.
 */
export class AzureWorkspace extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const insights = this.makeInsights();
    const identity = new AzureWorkloadIdentity(this, "Identity", { workload: "workspace" }, estate);
    workspaceRights(identity, estate);
    const workspace = this.makeWorkspace(insights, identity);
    const rights = IN_WORKSPACE.map((role, index) =>
      assignRole(this, `Inside-${index}`, { principal: identity.principal, role, scope: workspace.id }),
    );
    const storage = this.enterStorageByIdentity(workspace);
    const endpoint = privateEndpoint(
      this,
      "Endpoint",
      { of: workspace.id, name: "workspace", subresource: "amlworkspace", zones: ["workspace", "notebooks"] },
      estate,
    );
    const reach = outboundRules(workspace, estate);
    const builder = this.makeBuilder(workspace, identity, [storage, ...rights, ...reach, endpoint]);
    const stores = this.makeDatastores(workspace);
    sendLogs(this, "Logs", { of: workspace.id, logs: ["allLogs"] }, estate);
    // What stands in the workspace comes after all that it needs there.
    awaitedByName(this, estate.workspaceId, [workspace, storage, ...rights, endpoint, ...reach, builder, ...stores]);
  }

  /** Takes tokens of Entra only. What is sent comes over Azure's own network by its tag, so it stays open for that. */
  private makeInsights(): ApplicationInsights {
    const { estate } = this;
    const { production } = estate.settings;
    const insights = new ApplicationInsights(this, "Insights", {
      name: estate.name("applicationInsights", "ml"),
      ...estate.placed(this),
      applicationType: "web",
      workspaceId: estate.logs,
      localAuthenticationDisabled: true,
      internetIngestionEnabled: true,
      internetQueryEnabled: !production,
      dailyDataCapInGb: production ? DAILY_GIGABYTES.production : DAILY_GIGABYTES.other,
    });
    awaitedByName(this, estate.insights, [insights]);
    return insights;
  }

  private makeWorkspace(insights: ApplicationInsights, identity: AzureWorkloadIdentity): MachineLearningWorkspace {
    const { estate } = this;
    const { production, ownKeys, features } = estate.settings;
    const keyId = workspaceKey(this, estate);
    const encryption = estate.identity("encryption");
    return new MachineLearningWorkspace(this, "Workspace", {
      name: estate.workspace,
      ...estate.placed(this),
      kind: "Default",
      description: `Machine learning of ${estate.settings.environment}`,
      applicationInsightsId: insights.id,
      keyVaultId: estate.vaultId,
      storageAccountId: estate.storageAccountId(OWN_STORE),
      containerRegistryId: estate.registryId,
      publicNetworkAccessEnabled: false,
      v1LegacyModeEnabled: false,
      highBusinessImpact: true,
      imageBuildComputeName: estate.name("mlCompute", "builder"),
      managedNetwork: { isolationMode: isolationMode(estate.settings) },
      primaryUserAssignedIdentity: identity.resourceId,
      identity: {
        type: "UserAssigned",
        // Spark jobs run as an identity that the workspace has: https://learn.microsoft.com/en-us/azure/machine-learning/apache-spark-azure-ml-concepts#ensuring-resource-access-for-spark-jobs
        identityIds: [
          identity.resourceId,
          ...(ownKeys ? [encryption] : []),
          ...(features.dataProcessing ? [estate.identity("pipelines")] : []),
        ],
      },
      ...(keyId === undefined
        ? {}
        : { encryption: { keyId, keyVaultId: estate.vaultId, userAssignedIdentityId: encryption } }),
      dependsOn: resourcesOf(identity),
      // The key's version is the one of the first day: another would be another workspace.
      lifecycle: { ignoreChanges: ["encryption"], ...(production ? { preventDestroy: true } : {}) },
    });
  }

  /** azurerm has no word for it (https://github.com/hashicorp/terraform-provider-azurerm/issues/22150), and leaves it as it is. */
  private enterStorageByIdentity(workspace: MachineLearningWorkspace): TerraformResource {
    return new AzapiUpdate(
      this,
      "StorageByIdentity",
      {
        type: `Microsoft.MachineLearningServices/workspaces@${AZURE_ML_API}`,
        of: workspace.id,
        body: { properties: { systemDatastoresAuthMode: "Identity" } },
      },
      this.estate,
    );
  }

  /**
   * Builds images, because the registry, being private, builds none itself; there are no machines until it does.
   * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-managed-network#configure-image-builds
   */
  private makeBuilder(
    workspace: MachineLearningWorkspace,
    identity: AzureWorkloadIdentity,
    after: readonly TerraformResource[],
  ): MachineLearningComputeCluster {
    const { estate } = this;
    return new MachineLearningComputeCluster(this, "Builder", {
      name: estate.name("mlCompute", "builder"),
      location: estate.settings.region,
      tags: estate.tags(this),
      machineLearningWorkspaceId: workspace.id,
      description: "Builds images of environments",
      vmSize: estate.machine("cpu-medium", "mlCompute").type,
      vmPriority: "Dedicated",
      scaleSettings: { minNodeCount: 0, maxNodeCount: 1, scaleDownNodesAfterIdleDuration: "PT5M" },
      localAuthEnabled: false,
      nodePublicIpEnabled: false,
      sshPublicAccessEnabled: false,
      identity: { type: "UserAssigned", identityIds: [identity.resourceId] },
      dependsOn: [...after],
    });
  }

  /** Containers by the names that pipelines use: `azureml://datastores/datasets/paths/…`. Who reads proves who it is. */
  private makeDatastores(workspace: MachineLearningWorkspace): readonly MachineLearningDatastoreBlobstorage[] {
    return [OWN_STORE, ...READ_STORES].map(
      (purpose) =>
        new MachineLearningDatastoreBlobstorage(this, `Datastore-${purpose}`, {
          name: datastoreName(purpose),
          workspaceId: workspace.id,
          storageContainerId: this.estate.containerId(purpose),
          serviceDataAuthIdentity: "WorkspaceUserAssignedIdentity",
          tags: this.estate.tags(this),
          // The provider makes another datastore for another tag: those of the first day stay.
          lifecycle: { ignoreChanges: ["tags"] },
        }),
    );
  }
}
