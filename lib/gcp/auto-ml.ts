import type { AutoMlProps, IAutoMl } from "../contracts/model-services";
import { Construct } from "../framework";
import { VertexAiDataset } from "./bindings";
import type { GcpEstate } from "./estate";

/** Form of a managed table: https://cloud.google.com/vertex-ai/docs/tabular-data/classification-regression/create-dataset. */
const TABULAR = "gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml";

/**
 * AutoML of Vertex AI: a managed data set per project, which a step fills with a table of the datasets' bucket and trains on.
 */
export class GcpAutoMl extends Construct implements IAutoMl {
  /** Where training is asked for: `projects/PROJECT/locations/REGION`. A project's data set there has its name. */
  readonly reference: string;

  constructor(scope: Construct, id: string, { projects }: AutoMlProps, estate: GcpEstate) {
    super(scope, id);
    const key = estate.key("ml");
    for (const project of projects) {
      new VertexAiDataset(this, `Data-${project}`, {
        displayName: project,
        metadataSchemaUri: TABULAR,
        region: estate.settings.region,
        labels: estate.labels(this),
        ...(key === undefined ? {} : { encryptionSpec: { kmsKeyName: key } }),
      });
    }
    this.reference = estate.location;
  }
}
