import type { IPipelineTrigger, PipelineTriggerProps } from "../contracts/pipeline-trigger";
import { stableJson } from "../core/hash";
import { LayerStack } from "../core/layer-stack";
import { Construct } from "../framework";
import { ContainerAppEnvironmentDaprComponent } from "./bindings";
import { AzureContainerApp } from "./container-app";
import type { AzureEstate } from "./estate";
import { AzureEventSources } from "./event-sources";
import { grantOnce } from "./grants";
import { jobsUri } from "./orchestrator";
import { PIPELINE_FOLDER } from "./parts/names";
import { RETRAIN_BINDING, TRIGGER_APP, TRIGGER_PORT } from "./parts/trigger";
import { publishedPipelineUri } from "./published-pipeline";
import { AzureSchedule } from "./schedule";
import { type AzureWorkloadIdentity, azureIdentity } from "./workload-identity";
import { useWorkspace } from "./workspace-users";

/** Where the handler takes the queue's messages: retrain events, and Event Grid's as CloudEvents. */
const EVENT_PATH = "/events/servicebus";

/**
 * Takes messages off the queue, and puts them there: a tick of a schedule becomes a message first, so that it is not lost.
 * https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-managed-service-identity
 */
const QUEUE_ROLES = { receive: "Azure Service Bus Data Receiver", send: "Azure Service Bus Data Sender" } as const;
const PULL = "AcrPull";

/** Messages that are handled at once by a replica: the handler submits and does not wait for the pipeline. */
const CONCURRENT = 10;
/** Seconds that one message may take. */
const TIMEOUT = 240;

/**
 * The handler of retrain events on Container Apps, inside the network, and what sends to it: the queue, by a Dapr binding that
 * reads as the handler's identity, and what Azure itself tells of. A message that the handler refuses stays in the queue, and
 * after ten attempts it is put aside.
 *
 * One replica always stands: an app that was scaled to none is woken by requests, and the binding works inside the app.
 */
export class AzurePipelineTrigger extends Construct implements IPipelineTrigger {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineTriggerProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const identity = azureIdentity(props.identity);
    for (const [right, role] of Object.entries(QUEUE_ROLES)) {
      grantOnce(this, identity, { right, role, scope: estate.retrainQueue });
    }
    grantOnce(this, identity, { right: "pull", role: PULL, scope: estate.registryId });
    useWorkspace(this, identity, estate);
    const binding = this.bind(identity);
    const service = this.service(identity);
    const components = [binding, ...this.schedules.map(({ component }) => component)];
    service.app.dependsOn = [
      ...(service.app.dependsOn ?? []),
      ...components.map(({ terraformResourceType: type, friendlyUniqueId }) => `${type}.${friendlyUniqueId}`),
    ];
    this.uri = service.uri;
    new AzureEventSources(this, "Sources", { newDataIn: props.newDataIn }, estate);
  }

  /** The layer's schedules, which are made before what they call. */
  private get schedules(): readonly AzureSchedule[] {
    return LayerStack.ofLayer(this)
      .node.findAll()
      .filter((node) => node instanceof AzureSchedule);
  }

  /** https://docs.dapr.io/reference/components-reference/supported-bindings/servicebusqueues/ */
  private bind({ clientId }: AzureWorkloadIdentity): ContainerAppEnvironmentDaprComponent {
    const { estate } = this;
    const metadata = {
      namespaceName: `${estate.eventNamespace}.servicebus.windows.net`,
      queueName: estate.retrainQueue.split("/").at(-1) ?? "",
      azureClientId: clientId,
      direction: "input, output",
      route: EVENT_PATH,
      // The queue is Terraform's, and the identity may not change it.
      disableEntityManagement: "true",
      maxActiveMessages: String(CONCURRENT),
      maxConcurrentHandlers: String(CONCURRENT),
      handlerTimeoutInSec: String(TIMEOUT),
    };
    return new ContainerAppEnvironmentDaprComponent(this, "Queue", {
      name: RETRAIN_BINDING,
      containerAppEnvironmentId: estate.containerEnvironment,
      componentType: "bindings.azure.servicebusqueues",
      version: "v1",
      initTimeout: "60s",
      ignoreErrors: false,
      scopes: [TRIGGER_APP],
      metadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
    });
  }

  private service(identity: AzureWorkloadIdentity): AzureContainerApp {
    const { estate } = this;
    const image = estate.image("trigger");
    if (image === undefined) throw new Error("the platform leaves the handler out while its image is not built");
    return new AzureContainerApp(
      this,
      "Service",
      {
        role: TRIGGER_APP,
        identity,
        containers: [
          {
            name: TRIGGER_APP,
            image,
            cpu: 0.25,
            memoryGiB: 0.5,
            env: this.env(),
            port: TRIGGER_PORT,
            startupPath: "/healthz",
            livenessPath: "/healthz",
          },
        ],
        ingress: "internal",
        instances: { min: 1, max: 3 },
        dapr: { appId: TRIGGER_APP, port: TRIGGER_PORT },
        uriKey: "triggerHost",
      },
      estate,
    );
  }

  /** The ledger is reached with a token of the handler's identity, without a password. */
  private env(): Record<string, string> {
    const { estate, props } = this;
    const { environment, region } = estate.settings;
    return {
      ENVIRONMENT: environment,
      SUBMITTER: "azureml",
      REGION: region,
      JOBS_URI: jobsUri(estate),
      PROJECTS: props.projects.join(","),
      // Where each project's published pipeline is called.
      PIPELINE_URIS: stableJson(
        Object.fromEntries(props.projects.map((project) => [project, publishedPipelineUri(estate, project)])),
      ),
      COOLDOWN_MINUTES: String(props.cooldownMinutes),
      RETRAIN_BINDING,
      // The sidecar reads its components when it starts and not again: a new time is a new revision, which starts one.
      // https://docs.dapr.io/operations/components/component-updates/
      SCHEDULES: stableJson(Object.fromEntries(this.schedules.map(({ project, times }) => [project, times]))),
      PACKAGES_URI: props.packages.uri,
      ARTIFACTS_URI: estate.containerUri("artifacts"),
      PIPELINE_ROOT: `${estate.containerUri("artifacts")}/${PIPELINE_FOLDER}`,
      PIPELINES_PRINCIPAL: estate.identity("pipelines"),
      LEDGER_HOST: estate.databaseHost,
      LEDGER_DATABASE: "ledger",
      // A user of the database has the name of its identity.
      LEDGER_USER: azureIdentity(props.identity).name,
    };
  }
}
