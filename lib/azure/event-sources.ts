import type { IObjectStore } from "../contracts/object-store";
import { awaitedByName } from "../core/ordering";
import { Construct, Token } from "../framework";
import {
  EventgridSystemTopic,
  EventgridSystemTopicEventSubscription,
  type EventgridSystemTopicEventSubscriptionConfig,
  StorageContainer,
} from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";
import { AzureWorkloadIdentity } from "./workload-identity";

/** Attempts, and minutes, before an event is put aside: the most there is. https://learn.microsoft.com/en-us/azure/event-grid/delivery-and-retry */
const RETRY = { maxDeliveryAttempts: 30, eventTimeToLive: 1440 } as const;

/** https://learn.microsoft.com/en-us/azure/event-grid/add-identity-roles */
const SEND = "Azure Service Bus Data Sender";
const PUT_ASIDE = "Storage Blob Data Contributor";

/** https://learn.microsoft.com/en-us/azure/event-grid/event-schema-blob-storage */
const NEW_OBJECT = "Microsoft.Storage.BlobCreated";
/** https://learn.microsoft.com/en-us/azure/event-grid/event-schema-machine-learning */
const NEW_MODEL = "Microsoft.MachineLearningServices.ModelRegistered";
const RUN_CHANGED = "Microsoft.MachineLearningServices.RunStatusChanged";

/**
 * How a run of a monitor tells that it found drift: its status changes with this tag.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-monitor-model-performance#set-up-event-grid-to-receive-monitoring-events
 */
export const DRIFT_TAG = {
  key: "data.RunTags.azureml_modelmonitor_threshold_breached",
  text: "has failed due to one or more features violating metric thresholds",
} as const;

/** What is listened to. */
export interface EventSourcesProps {
  /** A new object here is told of. @default - new data is not told of */
  readonly newDataIn?: IObjectStore;
}

/** What one subscription wants to hear of. */
type Wanted = Pick<
  EventgridSystemTopicEventSubscriptionConfig,
  "includedEventTypes" | "subjectFilter" | "advancedFilter"
>;

/**
 * What Azure itself tells of, sent to the queue of `retrain` events: new objects, registered models, findings of drift. Event Grid
 * sends as an identity that may send to that one queue, without a key; events that it cannot deliver for a day lie in a container
 * of their own. Nothing of it is called from outside, so there is no webhook.
 */
export class AzureEventSources extends Construct {
  private readonly identity: AzureWorkloadIdentity;
  private readonly aside: string;

  constructor(
    scope: Construct,
    id: string,
    { newDataIn }: EventSourcesProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    this.identity = new AzureWorkloadIdentity(this, "Identity", { workload: "events" }, estate);
    this.aside = this.makeAside();
    grantOnce(this, this.identity, { right: "send", role: SEND, scope: estate.retrainQueue });
    grantOnce(this, this.identity, {
      right: "put-aside",
      role: PUT_ASIDE,
      scope: `${estate.storageAccountId("artifacts")}/blobServices/default/containers/${this.aside}`,
    });
    if (newDataIn) this.hearOfData(newDataIn);
    this.hearOfWorkspace();
  }

  /** Name of the container. */
  private makeAside(): string {
    const { estate } = this;
    const name = estate.name("storageContainer", "undelivered-events");
    const container = new StorageContainer(this, "Undelivered", {
      name,
      storageAccountId: estate.storageAccountId("artifacts"),
      containerAccessType: "private",
      ...(estate.settings.production ? { lifecycle: { preventDestroy: true } } : {}),
    });
    awaitedByName(this, name, [container]);
    return name;
  }

  private hearOfData(store: IObjectStore): void {
    const { account, container } = placeOf(store);
    const id = this.estate.id("Microsoft.Storage/storageAccounts", account);
    const topic = this.topic("Data", "data", { id, type: "Microsoft.Storage.StorageAccounts" });
    this.subscribe(topic, "new-data", {
      includedEventTypes: [NEW_OBJECT],
      subjectFilter: { subjectBeginsWith: `/blobServices/default/containers/${container}/`, caseSensitive: true },
    });
  }

  private hearOfWorkspace(): void {
    const topic = this.topic("Workspace", "workspace", {
      id: this.estate.workspaceId,
      type: "Microsoft.MachineLearningServices.Workspaces",
    });
    this.subscribe(topic, "new-model", { includedEventTypes: [NEW_MODEL] });
    this.subscribe(topic, "drift", {
      includedEventTypes: [RUN_CHANGED],
      advancedFilter: { stringContains: [{ key: DRIFT_TAG.key, values: [DRIFT_TAG.text] }] },
    });
  }

  private topic(
    id: string,
    role: string,
    source: { readonly id: string; readonly type: string },
  ): EventgridSystemTopic {
    const { estate } = this;
    const topic = new EventgridSystemTopic(this, id, {
      name: estate.name("eventTopic", role),
      ...estate.placed(this),
      sourceResourceId: source.id,
      topicType: source.type,
      identity: { type: "UserAssigned", identityIds: [this.identity.resourceId] },
    });
    sendLogs(this, `${id}Logs`, { of: topic.id, logs: ["allLogs"] }, estate);
    return topic;
  }

  private subscribe(topic: EventgridSystemTopic, role: string, wanted: Wanted): void {
    const { estate } = this;
    const as = { type: "UserAssigned", userAssignedIdentity: this.identity.resourceId };
    new EventgridSystemTopicEventSubscription(this, role, {
      ...wanted,
      name: estate.name("eventSubscription", role),
      resourceGroupName: estate.resourceGroup,
      systemTopic: topic.name,
      eventDeliverySchema: "CloudEventSchemaV1_0",
      serviceBusQueueEndpointId: estate.retrainQueue,
      deliveryIdentity: as,
      deadLetterIdentity: as,
      storageBlobDeadLetterDestination: {
        storageAccountId: estate.storageAccountId("artifacts"),
        storageBlobContainerName: this.aside,
      },
      retryPolicy: RETRY,
    });
  }
}

/** Account and container of a store, by its address. */
function placeOf({ uri }: IObjectStore): { readonly account: string; readonly container: string } {
  if (Token.isUnresolved(uri)) throw new Error("the address of a container is computed, so it is known here");
  const { hostname, pathname } = new URL(uri);
  return { account: hostname.split(".")[0] ?? "", container: pathname.slice(1) };
}
