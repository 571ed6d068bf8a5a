import type { IEventTopic } from "../contracts/event-topic";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { ServicebusNamespace, ServicebusQueue } from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";
import { privateEndpoint } from "./private-endpoint";

/** Role on one queue, https://learn.microsoft.com/en-us/azure/service-bus-messaging/authenticate-application. */
const PUBLISH = "Azure Service Bus Data Sender";

/** Times as Service Bus takes them: ISO 8601. */
const TIMES = {
  /** How long an event waits for its handler; then it goes to those that could not be delivered. */
  waits: "P7D",
  /** How long the handler may take before the event is given to it again: the most there is. */
  handled: "PT5M",
  /** How long an event with an id that was seen already is dropped. Later ones are caught by the ledger. */
  seen: "P1D",
} as const;
/** Attempts before an event is put aside. */
const ATTEMPTS = 10;
/** Room for events that wait, in MiB: the least there is. */
const ROOM = 1024;
/** Messaging units of the Premium tier, the least there is. */
const UNITS = 1;

/**
 * The queue of `retrain` events. What could not be delivered, or waited too long, lies in its dead-letter queue until somebody
 * takes it out: nothing expires there.
 *
 * Production, and whoever encrypts with own keys, has the Premium tier: alone on its machines, in the network only, in all zones. Elsewhere
 * the Standard tier takes connections from the internet, from whom Entra knows and who has the role; it is paid by the event,
 * and Azure's own keys encrypt it: https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-premium-messaging.
 */
export class AzureEventTopic extends Construct implements IEventTopic {
  readonly reference: string;
  readonly grants: { publish(to: IWorkloadIdentity): void };

  constructor(
    scope: Construct,
    id: string,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const namespace = this.makeNamespace();
    const queue = this.makeQueue(namespace);
    awaitedByName(this, estate.retrainQueue, [queue]);
    sendLogs(this, "Logs", { of: namespace.id, logs: ["allLogs"] }, estate);
    if (isPremium(estate)) {
      privateEndpoint(
        this,
        "Endpoint",
        { of: namespace.id, name: "events", subresource: "namespace", zones: ["serviceBus"] },
        estate,
      );
    }
    this.reference = estate.retrainQueue;
    this.grants = {
      publish: (to) => grantOnce(this, to, { right: "publish", role: PUBLISH, scope: estate.retrainQueue }),
    };
  }

  private makeNamespace(): ServicebusNamespace {
    const { estate } = this;
    return new ServicebusNamespace(this, "Namespace", {
      ...estate.placed(this),
      name: estate.eventNamespace,
      localAuthEnabled: false,
      minimumTlsVersion: "1.2",
      ...(isPremium(estate) ? premium(estate) : { sku: "Standard", publicNetworkAccessEnabled: true }),
    });
  }

  private makeQueue(namespace: ServicebusNamespace): ServicebusQueue {
    return new ServicebusQueue(this, "Queue", {
      name: "retrain",
      namespaceId: namespace.id,
      maxSizeInMegabytes: ROOM,
      defaultMessageTtl: TIMES.waits,
      deadLetteringOnMessageExpiration: true,
      lockDuration: TIMES.handled,
      maxDeliveryCount: ATTEMPTS,
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: TIMES.seen,
    });
  }
}

/** The other tier takes no key of ours. */
function isPremium({ settings: { production, ownKeys } }: AzureEstate): boolean {
  return production || ownKeys;
}

function premium(estate: AzureEstate) {
  const keyVaultKeyId = estate.keyUri("events");
  const identityId = estate.identity("encryption");
  return {
    sku: "Premium",
    capacity: UNITS,
    premiumMessagingPartitions: 1,
    publicNetworkAccessEnabled: false,
    // Event Grid delivers as its own identity, past the closed door: it is on the list of trusted services,
    // https://learn.microsoft.com/en-us/azure/event-grid/deliver-events-using-managed-identity. The action is what Azure
    // takes where no range is listed; with public access off there is nothing that it could allow.
    networkRuleSet: { defaultAction: "Allow", publicNetworkAccessEnabled: false, trustedServicesAllowed: true },
    ...(keyVaultKeyId
      ? {
          identity: { type: "UserAssigned", identityIds: [identityId] },
          customerManagedKey: { keyVaultKeyId, identityId, infrastructureEncryptionEnabled: true },
        }
      : {}),
  };
}
