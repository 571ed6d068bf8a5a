import type { IEventTopic } from "../lib/contracts/event-topic";
import type { IFeatureStore } from "../lib/contracts/feature-store";
import type { IImageRegistry } from "../lib/contracts/image-registry";
import type { IMetadataDatabase } from "../lib/contracts/metadata-database";
import type { IObjectStore, ObjectStorePurpose } from "../lib/contracts/object-store";
import type { Provided } from "../lib/contracts/provided";
import { outputOf, switchedOff } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** Where everything is kept: buckets, images, the metadata database, events, features. */
export class DataStack extends PlatformStack {
  readonly datasets: Provided<IObjectStore>;
  readonly artifacts: Provided<IObjectStore>;
  readonly packages: Provided<IObjectStore>;
  readonly predictionLogs: Provided<IObjectStore>;
  readonly database: Provided<IMetadataDatabase>;
  readonly images: Provided<IImageRegistry>;
  readonly retrain: Provided<IEventTopic>;
  readonly features: Provided<IFeatureStore>;

  constructor(scope: Construct, props: StackProps) {
    super(scope, "data", props);
    const { storage, logging, metadata, featureStore, orchestrator } = props.environment;
    const { expireAfterDays: expire, ...kept } = storage;
    const { enabled, groups, ...features } = featureStore;
    const store = (id: string, purpose: ObjectStorePurpose, expireAfterDays?: number) =>
      this.platform.objectStore(this, id, { ...kept, purpose, expireAfterDays });
    store("AccessLogs", "access-logs", expire.accessLogs);
    this.datasets = store("Datasets", "datasets", expire.datasets);
    this.artifacts = store("Artifacts", "artifacts", expire.artifacts);
    this.packages = store("Packages", "packages", expire.packages);
    this.predictionLogs = store("PredictionLogs", "prediction-logs", logging.predictions.retentionDays);
    const kubeflow = orchestrator === "kubeflow";
    this.database = this.platform.metadataDatabase(this, "Database", { ...metadata, pipelineStore: kubeflow });
    const ofKubeflow = kubeflow ? this.database : switchedOff("orchestrator: managed");
    this.images = this.platform.imageRegistry(this, "Images");
    this.retrain = this.platform.eventTopic(this, "Retrain");
    const named = Object.entries(groups).map(([name, group]) => ({ name, ...group }));
    this.features = enabled
      ? this.platform.featureStore(this, "Features", { ...features, groups: named })
      : switchedOff("featureStore.enabled: false");

    this.publish({
      datasetsUri: outputOf(this.datasets, ({ uri }) => uri),
      artifactsUri: outputOf(this.artifacts, ({ uri }) => uri),
      packagesUri: outputOf(this.packages, ({ uri }) => uri),
      predictionLogsUri: outputOf(this.predictionLogs, ({ uri }) => uri),
      trackingDatabaseUri: outputOf(this.database, (database) => database.uri("mlflow")),
      ledgerDatabaseUri: outputOf(this.database, (database) => database.uri("ledger")),
      databasePasswordReference: outputOf(this.database, ({ passwordReference }) => passwordReference),
      pipelineStoreUri: outputOf(ofKubeflow, ({ pipelineStoreUri }) => pipelineStoreUri),
      imageRegistry: outputOf(this.images, ({ prefix }) => prefix),
      retrainTopic: outputOf(this.retrain, ({ reference }) => reference),
      offlineFeaturesUri: outputOf(this.features, ({ offlineUri }) => offlineUri),
      onlineFeaturesUri: outputOf(this.features, ({ onlineUri }) => onlineUri),
    });
  }
}
