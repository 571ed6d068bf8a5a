import type { IWorkflowEngine, WorkflowEngineProps } from "../contracts/workflow-engine";
import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import { ContainerAppJob } from "./bindings";
import { CONSUMPTION } from "./container-environment";
import { AzureDataFactory } from "./data-factory";
import type { AzureEstate } from "./estate";
import { assignRole, grantOnce } from "./grants";
import { type RetrainFlow, retrainFlow } from "./parts/retrain-flow";
import { AzureWorkloadIdentity } from "./workload-identity";

/** https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/containers */
const START = "Container Apps Jobs Operator";
const PULL = "AcrPull";

/** The job and its container have one name. */
const JOB = "retrain-sender";
/** Seconds that sending one event may take. */
const TIMEOUT_SECONDS = 300;
const RETRIES = 3;

/**
 * Data Factory as the general workflow engine, with one flow that sends the `retrain` event. Nothing starts the flow by itself: the
 * environment's schedule needs no workflow engine. Start it by hand with parameters, or from another flow.
 *
 * The flow starts a job inside the network, which puts the event into the queue; the identity of both may start that job and send to
 * that queue, and nothing else.
 */
export class AzureWorkflowEngine extends Construct implements IWorkflowEngine {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkflowEngineProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const image = estate.image("trigger");
    if (image === undefined)
      throw new Error("the platform leaves the workflow engine out while its sender is not built");
    const identity = new AzureWorkloadIdentity(this, "Identity", { workload: "workflows" }, estate);
    props.topic.grants.publish(identity);
    grantOnce(this, identity, { right: "pull", role: PULL, scope: estate.registryId });
    const name = estate.name("containerApp", JOB);
    const container = this.container(identity, image);
    const job = this.sender(name, identity, container);
    // Not by grantOnce, which lets all that runs as the identity wait for its rights: the job is what the right is on.
    const start = assignRole(this, "Start", { principal: identity.principal, role: START, scope: job.id });
    const factory = new AzureDataFactory(this, "Flows", { role: "workflows", identity }, estate);
    this.uri = factory.uri;
    const flow = {
      job: estate.id("Microsoft.App/jobs", name),
      container,
      credential: factory.credential,
      project: props.project,
    };
    new AzapiResource(
      this,
      "Retrain",
      {
        // The main provider reads such a step back with words that it was not given, so it would change it at each deployment.
        type: "Microsoft.DataFactory/factories/pipelines@2018-06-01",
        name: "retrain",
        parentId: factory.id,
        body: retrainFlow(flow),
        dependsOn: [start],
      },
      estate,
    );
  }

  private container({ clientId }: AzureWorkloadIdentity, image: string): RetrainFlow["container"] {
    const env = {
      RETRAIN_QUEUE: this.props.topic.reference,
      QUEUE_HOST: `${this.estate.eventNamespace}.servicebus.windows.net`,
      AZURE_CLIENT_ID: clientId,
    };
    return {
      name: JOB,
      image,
      args: ["send"],
      cpu: 0.25,
      memory: "0.5Gi",
      env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    };
  }

  /** Sends `RETRAIN_EVENT`, once, and ends. */
  private sender(
    name: string,
    { resourceId }: AzureWorkloadIdentity,
    { args, env, ...container }: RetrainFlow["container"],
  ): ContainerAppJob {
    const { estate } = this;
    return new ContainerAppJob(this, "Sender", {
      name,
      ...estate.placed(this),
      containerAppEnvironmentId: estate.containerEnvironment,
      workloadProfileName: CONSUMPTION,
      replicaTimeoutInSeconds: TIMEOUT_SECONDS,
      replicaRetryLimit: RETRIES,
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 },
      identity: { type: "UserAssigned", identityIds: [resourceId] },
      registry: [{ server: estate.imagePrefix, identity: resourceId }],
      template: { container: [{ ...container, args: [...args], env: [...env] }] },
    });
  }
}
