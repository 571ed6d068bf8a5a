import type { IOrchestrator, OrchestratorProps } from "../contracts/orchestrator";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";
import { useWorkspace } from "./workspace-users";

/** Sends what steps measure to Application Insights, which takes no keys. */
const MEASURE = { right: "measure", role: "Monitoring Metrics Publisher" } as const;

/**
 * Azure ML pipelines: jobs of the workspace, whose steps run as the pipelines' identity on its clusters. There is nothing to make
 * but rights. A TensorBoard is none of its services: runs write MLflow's metrics, which the studio draws.
 */
export class AzureOrchestrator extends Construct implements IOrchestrator {
  /**
   * Takes a job by PUT under its name, with the API's version (`/NAME?api-version=…`):
   * https://learn.microsoft.com/en-us/rest/api/azureml/jobs/create-or-update. A name is taken once, so that a redelivered event starts
   * nothing twice. Azure's management API passes it on to the workspace, which the public cannot reach.
   */
  readonly submitUri: string;
  readonly format = "azureml";
  readonly tensorBoard = null;

  constructor(scope: Construct, id: string, { identity }: OrchestratorProps, estate: AzureEstate) {
    super(scope, id);
    this.submitUri = jobsUri(estate);
    useWorkspace(this, identity, estate);
    grantOnce(this, identity, { ...MEASURE, scope: estate.insights });
  }
}

/** Where jobs are made. */
export function jobsUri({ workspaceId }: Pick<AzureEstate, "workspaceId">): string {
  return `https://management.azure.com${workspaceId}/jobs`;
}
