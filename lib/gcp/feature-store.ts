import type { FeatureGroup, FeatureStoreProps, IFeatureStore } from "../contracts/feature-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { Construct } from "../framework";
import {
  BigqueryDataset,
  BigqueryDatasetIamMember,
  BigqueryTable,
  ProjectIamMember,
  VertexAiFeatureGroup,
  VertexAiFeatureGroupFeature,
  VertexAiFeatureOnlineStore,
  VertexAiFeatureOnlineStoreFeatureview,
} from "./bindings";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";

/** Roles on the dataset, https://cloud.google.com/bigquery/docs/access-control. */
const DATASET_ROLES = { read: "roles/bigquery.dataViewer", readWrite: "roles/bigquery.dataEditor" } as const;
/**
 * Roles that there is no smaller place for than the project: to run queries, and to fetch features online (the provider
 * has no binding for one online store), https://cloud.google.com/vertex-ai/docs/general/access-control.
 */
const PROJECT_ROLES = { query: "roles/bigquery.jobUser", fetch: "roles/aiplatform.featurestoreDataViewer" } as const;

/** Column that says since when a row counts: https://cloud.google.com/vertex-ai/docs/featurestore/latest/prepare-data-source. */
const TIMESTAMP = "feature_timestamp";
/** When the latest values are copied to the online store: each hour. */
const SYNC = "0 * * * *";
/** Nodes that serve online, at least one; in production up to the most that follows one. */
const NODES = { min: 1, max: { production: 10, other: 2 } } as const;
/** Hours that a table can be read as it was: the most there is. */
const TIME_TRAVEL_HOURS = "168";

/**
 * Features in BigQuery, registered with Vertex AI, and copied for serving to an online store on Bigtable: that one
 * answers at Google's private addresses, an optimised store at a public one unless each network brings its own way in.
 * The online store is encrypted by Google's keys: the provider knows no other for it.
 */
export class GcpFeatureStore extends Construct implements IFeatureStore {
  readonly offlineUri: string;
  readonly onlineUri: string;
  readonly grants: IFeatureStore["grants"];
  private readonly dataset: string;

  constructor(
    scope: Construct,
    id: string,
    { groups, deletionProtection = true }: FeatureStoreProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    this.dataset = estate.name("dataset", "features");
    this.offlineUri = `bq://${estate.settings.project}.${this.dataset}`;
    this.onlineUri = estate.featureOnlineStore;
    const dataset = this.makeDataset(deletionProtection);
    const store = this.makeOnlineStore(deletionProtection);
    for (const group of groups) this.addGroup(group, dataset, store, deletionProtection);
    this.grants = { read: (to) => this.grant(to, "read"), readWrite: (to) => this.grant(to, "readWrite") };
  }

  private makeDataset(deletionProtection: boolean): BigqueryDataset {
    const { estate } = this;
    const key = estate.key("storage");
    return new BigqueryDataset(this, "Dataset", {
      datasetId: this.dataset,
      location: estate.settings.region,
      description: "Features, one table for each group",
      maxTimeTravelHours: TIME_TRAVEL_HOURS,
      deleteContentsOnDestroy: !deletionProtection,
      labels: estate.labels(this),
      ...(key ? { defaultEncryptionConfiguration: { kmsKeyName: key } } : {}),
    });
  }

  private makeOnlineStore(deletionProtection: boolean): VertexAiFeatureOnlineStore {
    const { estate } = this;
    const { production, region } = estate.settings;
    return new VertexAiFeatureOnlineStore(this, "Online", {
      name: estate.name("featureStore", "features"),
      region,
      forceDestroy: !deletionProtection,
      labels: estate.labels(this),
      bigtable: {
        autoScaling: {
          minNodeCount: NODES.min,
          maxNodeCount: production ? NODES.max.production : NODES.max.other,
          cpuUtilizationTarget: 50,
        },
      },
    });
  }

  private addGroup(
    group: FeatureGroup,
    dataset: BigqueryDataset,
    store: VertexAiFeatureOnlineStore,
    deletionProtection: boolean,
  ): void {
    const { estate } = this;
    const { region } = estate.settings;
    const labels = estate.labels(this);
    const role = group.name.replaceAll("_", "-");
    const scope = new Construct(this, `Group-${group.name}`);
    const table = this.makeTable(scope, group, dataset, deletionProtection);
    const registered = new VertexAiFeatureGroup(scope, "Registered", {
      name: estate.name("featureGroup", role),
      region,
      labels,
      description: `Features by ${group.entity}`,
      bigQuery: {
        bigQuerySource: { inputUri: `${this.offlineUri}.${group.name}` },
        entityIdColumns: [group.entity],
      },
      dependsOn: [table],
    });
    const features = group.features.map(
      (feature) =>
        new VertexAiFeatureGroupFeature(scope, `Feature-${feature}`, {
          name: feature,
          region,
          labels,
          featureGroup: registered.name,
          versionColumnName: feature,
        }),
    );
    new VertexAiFeatureOnlineStoreFeatureview(scope, "View", {
      name: estate.name("featureView", role),
      region,
      labels,
      featureOnlineStore: store.name,
      syncConfig: { cron: SYNC },
      featureRegistrySource: {
        featureGroups: [{ featureGroupId: registered.name, featureIds: [...group.features] }],
      },
      dependsOn: features,
    });
  }

  private makeTable(
    scope: Construct,
    group: FeatureGroup,
    dataset: BigqueryDataset,
    deletionProtection: boolean,
  ): BigqueryTable {
    const key = this.estate.key("storage");
    return new BigqueryTable(scope, "Table", {
      datasetId: dataset.datasetId,
      tableId: group.name,
      deletionProtection,
      labels: this.estate.labels(this),
      schema: JSON.stringify(columnsOf(group)),
      timePartitioning: { type: "DAY", field: TIMESTAMP },
      clustering: [group.entity],
      ...(key ? { encryptionConfiguration: { kmsKeyName: key } } : {}),
    });
  }

  private grant(to: IWorkloadIdentity, right: keyof typeof DATASET_ROLES): void {
    grantOnce(this, to, right, (scope, id) => {
      new BigqueryDatasetIamMember(scope, id, {
        datasetId: this.dataset,
        role: DATASET_ROLES[right],
        member: to.principal,
      });
    });
    for (const [what, role] of Object.entries(PROJECT_ROLES)) {
      grantOnce(this, to, what, (scope, id) => {
        new ProjectIamMember(scope, id, { project: this.estate.settings.project, role, member: to.principal });
      });
    }
  }
}

/** Columns of a group's table, in the form that BigQuery gives them back. */
function columnsOf({ entity, features }: FeatureGroup) {
  return [
    { name: entity, type: "STRING", mode: "REQUIRED", description: "Whom the features are of" },
    { name: TIMESTAMP, type: "TIMESTAMP", mode: "REQUIRED", description: "Since when they count" },
    ...features.map((name) => ({ name, type: "FLOAT", mode: "NULLABLE" })),
  ];
}
