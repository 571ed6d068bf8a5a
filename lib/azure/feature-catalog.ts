import type { FeatureGroup } from "../contracts/feature-store";
import { awaitedByName } from "../core/ordering";
import { Construct, type TerraformResource } from "../framework";
import { AzapiResource, AzapiUpdate } from "./azapi";
import {
  ApplicationInsights,
  MachineLearningWorkspace,
  MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint as OutboundRule,
} from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { featureRights } from "./feature-rights";
import { AZURE_ML_API } from "./parts/azureml";
import { privateEndpoint } from "./private-endpoint";
import { protect } from "./protection";
import { AzureWorkloadIdentity } from "./workload-identity";

const TYPE = "Microsoft.MachineLearningServices/workspaces";
/** Spark that copies features into the lake: the one that is maintained, https://learn.microsoft.com/en-us/azure/synapse-analytics/spark/apache-spark-version-support. */
const SPARK = "3.5";
/** Name by which the store finds the lake. */
const CONNECTION = "offline-store";
/** Entities are told apart by name, so the columns of one never change, and neither does its version. */
const ENTITY_VERSION = "1";
/** Gigabytes a day of telemetry that are taken in. */
const DAILY_GIGABYTES = 1;

/** What is registered, and where its values are. */
export interface FeatureCatalogProps {
  readonly groups: readonly FeatureGroup[];
  /** Id of the lake's account. */
  readonly lake: string;
  /** Id of the container in it. */
  readonly files: string;
  readonly deletionProtection: boolean;
}

/** What the workspace cannot start without. */
interface Needed {
  readonly insights: ApplicationInsights;
  /** Acts as the catalog. */
  readonly catalog: AzureWorkloadIdentity;
  /** Acts as the jobs that copy features into the lake. */
  readonly copy: AzureWorkloadIdentity;
  readonly rights: TerraformResource[];
}

/**
 * Azure ML's managed feature store: a workspace of its own kind that knows entities and feature sets, and who may use them.
 *
 * It is encrypted by Azure's own keys, as it holds names only: values are in the lake and in the online store.
 */
export class FeatureCatalog extends Construct {
  /** Id of the workspace. */
  readonly id: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FeatureCatalogProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const name = estate.name("mlWorkspace", "features");
    this.id = estate.id(TYPE, name);
    const catalog = new AzureWorkloadIdentity(this, "Identity", { workload: "features" }, estate);
    const copy = new AzureWorkloadIdentity(this, "CopyIdentity", { workload: "features-copy" }, estate);
    const insights = this.makeInsights();
    const { lake, files, deletionProtection } = props;
    const rights = featureRights({ catalog, copy }, { catalog: this.id, lake, files }, insights.id, estate);
    const workspace = this.makeWorkspace(name, { insights, catalog, copy, rights });
    // Found by its computed id: whatever names that comes after it.
    awaitedByName(this, this.id, [workspace]);
    this.enterStorageByIdentity();
    this.reachOut(workspace);
    this.connectLake(copy);
    this.registerEntities();
    protect(this, { id: workspace.id, deletionProtection }, estate);
    privateEndpoint(
      this,
      "Endpoint",
      { of: workspace.id, name: "features", subresource: "amlworkspace", zones: ["workspace", "notebooks"] },
      estate,
    );
    sendLogs(this, "Logs", { of: workspace.id, logs: ["allLogs"] }, estate);
  }

  /** Telemetry of the jobs, which comes over Azure's own network; taken with tokens of Entra only. */
  private makeInsights(): ApplicationInsights {
    const { estate } = this;
    return new ApplicationInsights(this, "Insights", {
      ...estate.placed(this),
      name: estate.name("applicationInsights", "features"),
      applicationType: "web",
      workspaceId: estate.logs,
      localAuthenticationDisabled: true,
      internetIngestionEnabled: true,
      internetQueryEnabled: !estate.settings.production,
      dailyDataCapInGb: DAILY_GIGABYTES,
    });
  }

  private makeWorkspace(name: string, { insights, catalog, copy, rights }: Needed): MachineLearningWorkspace {
    const { estate, props } = this;
    return new MachineLearningWorkspace(this, "Workspace", {
      ...estate.placed(this),
      name,
      kind: "FeatureStore",
      description: "Entities and feature sets",
      applicationInsightsId: insights.id,
      keyVaultId: estate.vaultId,
      // A lake cannot be what a workspace keeps its own files in, so they lie beside those of the other workspace.
      storageAccountId: estate.storageAccountId("artifacts"),
      featureStore: { computerSparkRuntimeVersion: SPARK, offlineConnectionName: CONNECTION },
      publicNetworkAccessEnabled: false,
      v1LegacyModeEnabled: false,
      highBusinessImpact: true,
      // A feature store takes no stricter one: https://learn.microsoft.com/en-us/azure/machine-learning/tutorial-network-isolation-for-feature-store.
      managedNetwork: { isolationMode: "AllowInternetOutbound" },
      primaryUserAssignedIdentity: catalog.resourceId,
      // Jobs run as an identity that the workspace has.
      identity: { type: "UserAssigned", identityIds: [catalog.resourceId, copy.resourceId] },
      dependsOn: rights,
      ...(props.deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
  }

  /** The account has no keys, and azurerm has no word for that: https://github.com/hashicorp/terraform-provider-azurerm/issues/22150. */
  private enterStorageByIdentity(): void {
    new AzapiUpdate(
      this,
      "StorageByIdentity",
      {
        type: `${TYPE}@${AZURE_ML_API}`,
        of: this.id,
        body: { properties: { systemDatastoresAuthMode: "Identity" } },
      },
      this.estate,
    );
  }

  /** What the jobs' network reaches: the accounts answer to private endpoints only. */
  private reachOut(workspace: MachineLearningWorkspace): void {
    const { lake } = this.props;
    const rules = [
      { name: "lake-dfs", serviceResourceId: lake, subResourceTarget: "dfs" },
      { name: "lake-blob", serviceResourceId: lake, subResourceTarget: "blob" },
      {
        name: "datasets-blob",
        serviceResourceId: this.estate.storageAccountId("datasets"),
        subResourceTarget: "blob",
      },
    ];
    let before: OutboundRule | undefined;
    // One after the other: Azure changes a managed network one rule at a time.
    for (const rule of rules) {
      before = new OutboundRule(this, `Out-${rule.name}`, {
        ...rule,
        workspaceId: workspace.id,
        sparkEnabled: true,
        ...(before ? { dependsOn: [before] } : {}),
      });
    }
  }

  private connectLake({ clientId, resourceId }: AzureWorkloadIdentity): void {
    new AzapiResource(
      this,
      "Lake",
      {
        type: `${TYPE}/connections@${AZURE_ML_API}`,
        name: CONNECTION,
        parentId: this.id,
        body: {
          properties: {
            category: "ADLSGen2",
            target: this.props.files,
            authType: "ManagedIdentity",
            credentials: { clientId, resourceId },
          },
        },
      },
      this.estate,
    );
  }

  private registerEntities(): void {
    const { estate } = this;
    for (const entity of new Set(this.props.groups.map((group) => group.entity))) {
      const scope = new Construct(this, `Entity-${entity}`);
      const container = new AzapiResource(
        scope,
        "Entity",
        {
          type: `${TYPE}/featurestoreEntities@${AZURE_ML_API}`,
          name: entity,
          parentId: this.id,
          body: { properties: { description: `Features of each ${entity}` } },
        },
        estate,
      );
      new AzapiResource(
        scope,
        "Version",
        {
          type: `${TYPE}/featurestoreEntities/versions@${AZURE_ML_API}`,
          name: ENTITY_VERSION,
          parentId: container.id,
          body: { properties: { indexColumns: [{ columnName: entity, dataType: "String" }], stage: "Production" } },
        },
        estate,
      );
    }
  }
}
