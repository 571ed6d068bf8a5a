import type { DataProcessingProps, IDataProcessing } from "../contracts/data-services";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import { AzapiAction } from "./azapi";
import type { AzureEstate } from "./estate";
import { jobsUri } from "./orchestrator";
import { AZURE_ML_API } from "./parts/azureml";
import { SPARK } from "./parts/azureml-schedule";
import { azureIdentity } from "./workload-identity";
import { useWorkspace } from "./workspace-users";

/**
 * Spark of Azure ML, as a service that a step calls: serverless, so there are no machines until it does, and no Synapse workspace
 * with a network and an administrator of its own. It runs in the workspace's managed network, which has to be made ready for it, and
 * reaches the stores by the workspace's rules.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-managed-network#configure-for-serverless-spark-jobs
 */
export class AzureDataProcessing extends Construct implements IDataProcessing {
  /**
   * What a step's job request is filled with, as JSON with sorted keys: `jobs` (where a job with `jobType: Spark` is put),
   * `identity` and `resources` (parts of it), `staging` and `temporary` (folders of the artifacts).
   */
  readonly reference: string;

  constructor(
    scope: Construct,
    id: string,
    { identity, artifacts, datasets }: DataProcessingProps,
    estate: AzureEstate,
  ) {
    super(scope, id);
    useWorkspace(this, identity, estate);
    datasets.grants.readWrite(identity);
    artifacts.grants.readWrite(identity);
    new AzapiAction(
      this,
      "SparkNetwork",
      {
        type: `Microsoft.MachineLearningServices/workspaces@${AZURE_ML_API}`,
        of: estate.workspaceId,
        action: "provisionManagedNetwork",
        body: { includeSpark: true },
      },
      estate,
    );
    const folder = "azureml://datastores/artifacts/paths/processing";
    this.reference = stableJson({
      jobs: jobsUri(estate),
      identity: { identityType: "Managed", resourceId: azureIdentity(identity).resourceId },
      resources: SPARK,
      staging: `${folder}/staging`,
      temporary: `${folder}/temporary`,
    });
  }
}
