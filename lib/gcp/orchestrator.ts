import type { IOrchestrator, OrchestratorProps } from "../contracts/orchestrator";
import { Construct } from "../framework";
import { ComputeNetworkAttachment, VertexAiTensorboard } from "./bindings";
import type { GcpEstate } from "./estate";
import { actAsItself, projectRole } from "./identity-roles";

/**
 * What a run's account may do in the project: Vertex AI knows no rights on a single pipeline.
 * https://cloud.google.com/vertex-ai/docs/pipelines/configure-project#service-account
 */
const RUN_ROLES = ["roles/aiplatform.user", "roles/logging.logWriter", "roles/monitoring.metricWriter"] as const;

/**
 * Vertex AI Pipelines: takes a compiled package and runs its steps as the pipelines' account. There is nothing to make
 * but rights, and the door through which steps reach the environment's network.
 */
export class GcpOrchestrator extends Construct implements IOrchestrator {
  /** Takes a PipelineJob by POST: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs/create. */
  readonly submitUri: string;
  readonly format = "kfp-ir";
  readonly tensorBoard: string | null;

  constructor(scope: Construct, id: string, { identity, tensorBoard = false }: OrchestratorProps, estate: GcpEstate) {
    super(scope, id);
    const { region } = estate.settings;
    this.submitUri = `https://${region}-aiplatform.googleapis.com/v1/${estate.location}/pipelineJobs`;
    for (const role of RUN_ROLES) projectRole(identity, role, estate);
    actAsItself(identity, estate);
    new ComputeNetworkAttachment(this, "Network", {
      name: estate.name("networkAttachment", "pipelines"),
      description: "Steps of pipelines reach the environment's network",
      region,
      // Nobody gets in who is not in its list. Vertex AI's own agent enters the project its machines stand in when a job
      // names it; taken out again, the next job would be refused.
      connectionPreference: "ACCEPT_MANUAL",
      subnetworks: [estate.subnet("serverless")],
      lifecycle: { ignoreChanges: ["producer_accept_lists"] },
    });
    this.tensorBoard = tensorBoard ? this.makeTensorBoard(estate) : null;
  }

  private makeTensorBoard(estate: GcpEstate): string {
    const key = estate.key("ml");
    const board = new VertexAiTensorboard(this, "TensorBoard", {
      displayName: `${estate.settings.environment} experiments`,
      region: estate.settings.region,
      labels: estate.labels(this),
      ...(key === undefined ? {} : { encryptionSpec: { kmsKeyName: key } }),
    });
    return board.name;
  }
}
