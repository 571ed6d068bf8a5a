import type { ITraining, TrainingProps } from "../contracts/training";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import { MachineLearningComputeCluster } from "./bindings";
import type { AzureEstate } from "./estate";

/** What a job names when Azure ML sizes its machines. */
export const SERVERLESS = "serverless";
/** A node is kept so long for the next step of a pipeline. ISO 8601. */
const IDLE = "PT5M";

/**
 * Machines for training steps: a cluster that is empty when nothing trains, entered by nobody, in the workspace's managed network,
 * whose nodes are the pipelines' identity. With `serverless` there is no cluster: Azure ML finds machines for each job.
 *
 * `reference` is JSON with sorted keys, in the words of a job of Azure ML's API
 * (https://learn.microsoft.com/en-us/azure/templates/microsoft.machinelearningservices/2025-12-01/workspaces/jobs):
 * - with a cluster `{"computeId":"/subscriptions/…/computes/NAME","maxInstanceCount":4}`;
 * - serverless `{"computeId":"serverless","identity":{…},"maxInstanceCount":4,"queueSettings":{"jobTier":"Spot"},"resources":{"instanceType":"Standard_…"}}`.
 *
 * `computeId`, `identity`, `queueSettings` and `resources` go into the job as they are; its `resources.instanceCount` is
 * `maxInstanceCount` at most.
 */
export class AzureTraining extends Construct implements ITraining {
  readonly reference: string;

  constructor(scope: Construct, id: string, props: TrainingProps, estate: AzureEstate) {
    super(scope, id);
    const { class: size, max, capacity, serverless = false } = props;
    const { type } = estate.machine(size, "mlCompute");
    if (serverless) {
      estate.share("trainingCompute", SERVERLESS);
      this.reference = stableJson({
        computeId: SERVERLESS,
        identity: { identityType: "Managed", resourceId: estate.identity("pipelines") },
        maxInstanceCount: max,
        queueSettings: { jobTier: capacity === "spot" ? "Spot" : "Standard" },
        resources: { instanceType: type },
      });
      return;
    }
    const name = estate.name("mlCompute", "training");
    estate.share("trainingCompute", name);
    new MachineLearningComputeCluster(this, "Cluster", {
      name,
      location: estate.settings.region,
      tags: estate.tags(this),
      machineLearningWorkspaceId: estate.workspaceId,
      description: "Trains; empty when nothing does",
      vmSize: type,
      vmPriority: capacity === "spot" ? "LowPriority" : "Dedicated",
      scaleSettings: { minNodeCount: 0, maxNodeCount: max, scaleDownNodesAfterIdleDuration: IDLE },
      localAuthEnabled: false,
      nodePublicIpEnabled: false,
      sshPublicAccessEnabled: false,
      identity: { type: "UserAssigned", identityIds: [estate.identity("pipelines")] },
    });
    this.reference = stableJson({ computeId: `${estate.workspaceId}/computes/${name}`, maxInstanceCount: max });
  }
}
