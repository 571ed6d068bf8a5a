import type { IEventTopic } from "../contracts/event-topic";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { SECONDS_PER_DAY } from "../core/time";
import { Construct } from "../framework";
import { PubsubSubscription, PubsubTopic, PubsubTopicIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";
import type { TopicRole } from "./parts/names";

/** Role on one topic, https://cloud.google.com/pubsub/docs/access-control#roles. */
const PUBLISH = "roles/pubsub.publisher";

/** Days that a published event can be replayed. */
const REPLAY_DAYS = 7;
/** Days that an event which could not be delivered is kept: the most that Pub/Sub offers, https://cloud.google.com/pubsub/quotas#resource_limits. */
const UNDELIVERED_DAYS = 31;

/**
 * The topic of `retrain` events, and beside it a topic with a subscription that keeps what could not be delivered until
 * somebody looks. The subscription of the handler stands with the handler.
 */
export class GcpEventTopic extends Construct implements IEventTopic {
  readonly reference: string;
  readonly grants: { publish(to: IWorkloadIdentity): void };

  constructor(
    scope: Construct,
    id: string,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    this.reference = estate.topic("retrain");
    this.topic("Topic", "retrain", REPLAY_DAYS);
    this.keepUndelivered();
    this.grants = { publish: (to) => this.grantPublish(to) };
  }

  private topic(id: string, role: TopicRole, retentionDays: number): PubsubTopic {
    const { estate } = this;
    return new PubsubTopic(this, id, {
      name: estate.name("topic", role),
      kmsKeyName: estate.key("events"),
      labels: estate.labels(this),
      messageRetentionDuration: `${retentionDays * SECONDS_PER_DAY}s`,
      messageStoragePolicy: { allowedPersistenceRegions: [estate.settings.region] },
    });
  }

  private keepUndelivered(): void {
    const { estate } = this;
    const undelivered = this.topic("Undelivered", "retrain-undelivered", UNDELIVERED_DAYS);
    new PubsubSubscription(this, "UndeliveredEvents", {
      name: estate.name("subscription", "retrain-undelivered"),
      topic: undelivered.id,
      labels: estate.labels(this),
      ackDeadlineSeconds: 60,
      messageRetentionDuration: `${UNDELIVERED_DAYS * SECONDS_PER_DAY}s`,
      // Nobody reads it while all goes well; it must not be removed for that.
      expirationPolicy: { ttl: "" },
    });
    // Who gives up a delivery is Pub/Sub itself: https://cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions.
    new PubsubTopicIamMember(this, "UndeliveredPublisher", {
      topic: undelivered.id,
      role: PUBLISH,
      member: estate.agent("pubSub"),
    });
  }

  private grantPublish(to: IWorkloadIdentity): void {
    grantOnce(this, to, "publish", (scope, id) => {
      new PubsubTopicIamMember(scope, id, { topic: this.reference, role: PUBLISH, member: to.principal });
    });
  }
}
