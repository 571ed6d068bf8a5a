import type { AutoMlProps, IAutoMl } from "../contracts/model-services";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";
import { jobsUri } from "./orchestrator";

/**
 * Automated ML of Azure ML: a kind of job that a step submits, on the machines of the training. There is nothing to make: the job
 * reads its table where it lies.
 */
export class AzureAutoMl extends Construct implements IAutoMl {
  /**
   * JSON with sorted keys: `jobs`, where a job with `jobType: AutoML` is put
   * (https://learn.microsoft.com/en-us/azure/machine-learning/how-to-configure-auto-train), and `trainingData`, the folder by project
   * that a step lays an MLTable into.
   */
  readonly reference: string;

  constructor(scope: Construct, id: string, { projects }: AutoMlProps, estate: AzureEstate) {
    super(scope, id);
    const folders = projects.map((project) => [project, `azureml://datastores/datasets/paths/${project}/automl`]);
    this.reference = stableJson({ jobs: jobsUri(estate), trainingData: Object.fromEntries(folders) });
  }
}
