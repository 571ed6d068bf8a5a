import { Construct } from "../framework";
import type { AzureEstate } from "./estate";
import { type AzureRight, grantOnce } from "./grants";
import { AzureWorkloadIdentity } from "./workload-identity";

/**
 * What a delivery does here: pushes images, uploads the step package and the compiled pipelines, registers and submits them.
 * Azure Machine Learning knows no rights on a single pipeline.
 * https://learn.microsoft.com/en-us/azure/container-registry/container-registry-rbac-built-in-roles-overview
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-assign-roles
 */
function rights(estate: AzureEstate): readonly AzureRight[] {
  return [
    { right: "push", role: "AcrPush", scope: estate.registryId },
    { right: "packages", role: "Storage Blob Data Contributor", scope: estate.containerId("packages") },
    { right: "submit", role: "AzureML Data Scientist", scope: estate.workspaceId },
  ];
}

/**
 * Who deliveries run as. Builds of pull requests run code that nobody has reviewed: they have no identity at all, so nothing
 * of Azure is open to them.
 */
export class AzureBuildIdentity extends Construct {
  readonly identity: AzureWorkloadIdentity;

  constructor(scope: Construct, id: string, estate: AzureEstate) {
    super(scope, id);
    this.identity = new AzureWorkloadIdentity(this, "Builds", { workload: "builds" }, estate);
    for (const right of rights(estate)) grantOnce(this, this.identity, right);
  }
}
