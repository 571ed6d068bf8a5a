import type { IModelRegistry, ModelRegistryProps } from "../contracts/model-registry";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";
import { letGroupUseWorkspace, useWorkspace } from "./workspace-users";

/**
 * The workspace is the tracking server and the model registry: it speaks MLflow's protocol, so nothing is made here but rights.
 *
 * - **Reach.** Its address answers in the environment's network only, and in the workspace's own.
 * - **Programs** need the package `azureml-mlflow`, which knows the address and signs in as the identity they run as:
 *   https://learn.microsoft.com/en-us/azure/machine-learning/how-to-use-mlflow-configure-tracking.
 * - **Teams** share it: a workspace knows no rights on a single experiment. Names begin with the project's.
 */
export class AzureModelRegistry extends Construct implements IModelRegistry {
  readonly trackingUri: string;
  readonly grants: { use(to: IWorkloadIdentity): void };

  constructor(scope: Construct, id: string, { groups = [] }: ModelRegistryProps, estate: AzureEstate) {
    super(scope, id);
    this.trackingUri = estate.trackingUri;
    this.grants = { use: (to) => useWorkspace(this, to, estate) };
    for (const group of groups) letGroupUseWorkspace(this, group, estate);
  }
}
