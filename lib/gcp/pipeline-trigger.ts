import type { IObjectStore } from "../contracts/object-store";
import type { IPipelineTrigger, PipelineTriggerProps } from "../contracts/pipeline-trigger";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { resourcesOf } from "../core/ordering";
import { Construct, type TerraformResource, Token } from "../framework";
import { EventarcTrigger, PubsubSubscription, PubsubSubscriptionIamMember } from "./bindings";
import { userOf } from "./database-users";
import { GcpDriftSink } from "./drift-sink";
import type { GcpEstate } from "./estate";
import { actAsPipelines, mailOf, projectRole } from "./identity-roles";
import { GcpRunService } from "./run-service";
import { GcpWorkloadIdentity } from "./workload-identity";

/** Starts pipelines: Vertex AI knows no rights on a single one. */
const SUBMIT_ROLE = "roles/aiplatform.user";
/** https://cloud.google.com/eventarc/docs/all-roles-permissions */
const EVENT_ROLE = "roles/eventarc.eventReceiver";

/** Where the handler takes what: retrain events and findings of drift from the topic, events of Cloud Storage. */
const EVENT_PATHS = { topic: "/events/pubsub", object: "/events/storage" } as const;

/** Seconds that one event may take: the handler submits and does not wait for the pipeline. */
const TIMEOUT = 300;

/** Attempts before an event is put aside, and how they are spread. */
const DELIVERY = { attempts: 10, minimumBackoff: "10s", maximumBackoff: "600s", kept: "604800s" } as const;

/**
 * The handler of retrain events on Cloud Run, reached by the project's own messages and events only, and what sends to it:
 * the topic's subscription, new objects, findings of drift.
 */
export class GcpPipelineTrigger extends Construct implements IPipelineTrigger {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineTriggerProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const service = this.service();
    this.uri = service.uri;
    // Who calls is not who runs: the handler's account may start pipelines, the callers' may only call.
    const caller = new GcpWorkloadIdentity(this, "Caller", { workload: "events" }, estate);
    service.grants.invoke(caller);
    this.subscribe(service, caller);
    if (props.newDataIn) this.listen(props.newDataIn, service, caller);
    new GcpDriftSink(this, "Drift", estate);
  }

  private service(): GcpRunService {
    const { estate, props } = this;
    const { identity } = props;
    projectRole(identity, SUBMIT_ROLE, estate);
    actAsPipelines(identity, estate);
    const image = estate.builtImage("trigger");
    return new GcpRunService(
      this,
      "Service",
      {
        role: "trigger",
        account: mailOf(identity),
        containers: [
          {
            name: "trigger",
            image,
            env: this.env(),
            cpu: "1",
            memory: "512Mi",
            startupPath: "/healthz",
            livenessPath: "/healthz",
          },
        ],
        ingress: "internal",
        instances: { min: 0, max: 3 },
        concurrency: 10,
        timeoutSeconds: TIMEOUT,
        needs: resourcesOf(identity),
      },
      estate,
    );
  }

  /** The ledger is reached by a Cloud SQL connector in the handler, which logs in as its account, without a password. */
  private env(): Record<string, string> {
    const { estate, props } = this;
    const { environment, project, region } = estate.settings;
    return {
      ENVIRONMENT: environment,
      SUBMITTER: "vertex",
      GOOGLE_CLOUD_PROJECT: project,
      REGION: region,
      PROJECTS: props.projects.join(","),
      COOLDOWN_MINUTES: String(props.cooldownMinutes),
      PACKAGES_URI: props.packages.uri,
      ARTIFACTS_URI: `gs://${estate.bucket("artifacts")}`,
      PIPELINE_ROOT: estate.pipelineRoot,
      PIPELINE_ATTACHMENT: estate.pipelineAttachment,
      PIPELINES_PRINCIPAL: `serviceAccount:${estate.serviceAccount("pipelines")}`,
      ENCRYPTION_KEY: estate.key("ml") ?? "",
      LEDGER_CONNECTION: estate.databaseConnection,
      LEDGER_DATABASE: "ledger",
      LEDGER_USER: userOf(props.identity.principal),
    };
  }

  private subscribe(service: GcpRunService, caller: IWorkloadIdentity): void {
    const { estate, props } = this;
    const subscription = new PubsubSubscription(this, "Subscription", {
      name: estate.name("subscription", "retrain-trigger"),
      topic: props.topic.reference,
      labels: estate.labels(this),
      ackDeadlineSeconds: TIMEOUT,
      messageRetentionDuration: DELIVERY.kept,
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: DELIVERY.minimumBackoff, maximumBackoff: DELIVERY.maximumBackoff },
      deadLetterPolicy: {
        deadLetterTopic: estate.topic("retrain-undelivered"),
        maxDeliveryAttempts: DELIVERY.attempts,
      },
      pushConfig: {
        pushEndpoint: `${service.uri}${EVENT_PATHS.topic}`,
        oidcToken: { serviceAccountEmail: mailOf(caller), audience: service.uri },
      },
      dependsOn: this.before(service, caller),
    });
    // Putting an event aside is taking it off here: https://cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions
    new PubsubSubscriptionIamMember(this, "PutAside", {
      subscription: subscription.name,
      role: "roles/pubsub.subscriber",
      member: estate.agent("pubSub"),
    });
  }

  private listen(store: IObjectStore, service: GcpRunService, caller: IWorkloadIdentity): void {
    const { estate } = this;
    projectRole(caller, EVENT_ROLE, estate);
    new EventarcTrigger(this, "NewData", {
      name: estate.name("eventTrigger", "new-data"),
      location: estate.settings.region,
      labels: estate.labels(this),
      serviceAccount: mailOf(caller),
      matchingCriteria: [
        { attribute: "type", value: "google.cloud.storage.object.v1.finalized" },
        { attribute: "bucket", value: bucketOf(store) },
      ],
      destination: {
        cloudRunService: {
          service: estate.name("runService", "trigger"),
          region: estate.settings.region,
          path: EVENT_PATHS.object,
        },
      },
      dependsOn: this.before(service, caller),
    });
  }

  /** The service and the right to call it: a message that comes earlier would be refused. */
  private before(service: GcpRunService, caller: IWorkloadIdentity): TerraformResource[] {
    return [service, caller].flatMap(resourcesOf);
  }
}

/** Name of a bucket by its address. */
function bucketOf({ uri }: IObjectStore): string {
  if (Token.isUnresolved(uri)) throw new Error("the address of a bucket is computed, so it is known here");
  return uri.replace(/^gs:\/\//, "");
}
