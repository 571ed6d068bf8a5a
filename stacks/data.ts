import type { IMetadataDatabase } from "../lib/contracts/metadata-database";
import type { IObjectStore, ObjectStorePurpose } from "../lib/contracts/object-store";
import type { Provided } from "../lib/contracts/provided";
import { outputOf } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** Where everything is kept: buckets, images, the metadata database, events, features. */
export class DataStack extends PlatformStack {
  readonly datasets: Provided<IObjectStore>;
  readonly artifacts: Provided<IObjectStore>;
  readonly packages: Provided<IObjectStore>;
  readonly predictionLogs: Provided<IObjectStore>;
  readonly database: Provided<IMetadataDatabase>;

  constructor(scope: Construct, props: StackProps) {
    super(scope, "data", props);
    const { storage, logging, metadata } = props.environment;
    const { expireAfterDays: expire, ...kept } = storage;
    const store = (id: string, purpose: ObjectStorePurpose, expireAfterDays?: number) =>
      this.platform.objectStore(this, id, { ...kept, purpose, expireAfterDays });

    this.datasets = store("Datasets", "datasets", expire.datasets);
    this.artifacts = store("Artifacts", "artifacts", expire.artifacts);
    this.packages = store("Packages", "packages", expire.packages);
    this.predictionLogs = store("PredictionLogs", "prediction-logs", logging.predictions.retentionDays);
    this.database = this.platform.metadataDatabase(this, "Database", metadata);
    const images = this.platform.imageRegistry(this, "Images");
    const retrain = this.platform.eventTopic(this, "Retrain");
    const features = this.platform.featureStore(this, "Features");

    this.publish({
      datasetsUri: outputOf(this.datasets, ({ uri }) => uri),
      artifactsUri: outputOf(this.artifacts, ({ uri }) => uri),
      packagesUri: outputOf(this.packages, ({ uri }) => uri),
      predictionLogsUri: outputOf(this.predictionLogs, ({ uri }) => uri),
      trackingDatabaseUri: outputOf(this.database, (database) => database.uri("mlflow")),
      ledgerDatabaseUri: outputOf(this.database, (database) => database.uri("ledger")),
      databasePasswordReference: outputOf(this.database, ({ passwordReference }) => passwordReference),
      imageRegistry: outputOf(images, ({ prefix }) => prefix),
      retrainTopic: outputOf(retrain, ({ reference }) => reference),
      offlineFeaturesUri: outputOf(features, ({ offlineUri }) => offlineUri),
      onlineFeaturesUri: outputOf(features, ({ onlineUri }) => onlineUri),
    });
  }
}
