import type { HardeningRule, Resource } from "../hardening";
import { ownIdentity, resourceId, vaultKey, withoutKeys } from "./azure-demands";
import { is, number } from "./demands";

const FACTORY = "azurerm_data_factory";
const BUS = "azurerm_servicebus_namespace";
const QUEUE = "azurerm_servicebus_queue";
const TOPIC = "azurerm_eventgrid_system_topic";
const EVENTS = "azurerm_eventgrid_system_topic_event_subscription";
const API = "azapi_resource";

const FACTORIES: readonly HardeningRule[] = [
  {
    id: "factory-private",
    type: FACTORY,
    path: "public_network_enabled",
    demand: is(false),
    why: "A stolen token could be used from everywhere.",
    refs: ["CKV_AZURE_104"],
  },
  {
    id: "factory-network",
    type: FACTORY,
    path: "managed_virtual_network_enabled",
    demand: is(true),
    why: "Its machines would stand in a network of everybody, and it cannot be changed later.",
    refs: [],
  },
  {
    id: "factory-identity",
    type: FACTORY,
    path: "identity.type",
    demand: ownIdentity,
    why: "An identity that comes with the factory gets its rights after the factory wants them.",
    refs: [],
  },
  {
    id: "factory-key",
    type: FACTORY,
    path: "customer_managed_key_id",
    demand: vaultKey,
    only: "ownKeys",
    why: "What it keeps of flows would be under no key of ours.",
    refs: ["CKV2_AZURE_15"],
  },
  {
    id: "factory-runtime-network",
    type: "azurerm_data_factory_integration_runtime_azure",
    path: "virtual_network_enabled",
    demand: is(true),
    why: "It would reach the data over the internet, where it is closed.",
    refs: [],
  },
  {
    id: "factory-link-no-secret",
    type: API,
    path: "body.properties.typeProperties",
    demand: withoutKeys(
      "no key, password, signed address or connection string",
      /^(connectionString|accountKey|sasUri|sasToken|password|encryptedCredential|servicePrincipalKey)$/i,
      { accountKey: "correct-horse" },
    ),
    where: isKind("linkedservices"),
    why: "It would stand in the state, and open everything.",
    refs: [],
  },
  {
    id: "factory-link-identity",
    type: API,
    path: "body.properties.typeProperties.credential.type",
    demand: is("CredentialReference"),
    where: isKind("linkedservices"),
    why: "It would prove nobody's name to what it reads.",
    refs: [],
  },
  {
    id: "factory-call-identity",
    type: API,
    path: "body.properties.activities.typeProperties.authentication.type",
    demand: is("UserAssignedManagedIdentity"),
    where: isKind("pipelines"),
    why: "It would prove nobody's name to what it calls.",
    refs: [],
  },
];

const BUSES: readonly HardeningRule[] = [
  {
    id: "bus-no-keys",
    type: BUS,
    path: "local_auth_enabled",
    demand: is(false),
    why: "A key says nobody's name, and is good wherever it gets to.",
    refs: ["CKV_AZURE_203"],
  },
  {
    id: "bus-tls",
    type: BUS,
    path: "minimum_tls_version",
    demand: is("1.2"),
    why: "Older versions can be broken.",
    refs: ["CKV_AZURE_205"],
  },
  {
    id: "bus-private",
    type: BUS,
    path: "public_network_access_enabled",
    demand: is(false),
    only: "production",
    why: "A stolen token could be used from everywhere.",
    refs: ["CKV_AZURE_204"],
  },
  {
    id: "bus-tier",
    type: BUS,
    path: "sku",
    demand: is("Premium"),
    only: "production",
    why: "The others share their machines with everybody, and have no private address.",
    refs: [],
  },
  {
    id: "bus-identity",
    type: BUS,
    path: "identity.type",
    demand: ownIdentity,
    only: "ownKeys",
    why: "It could not use the environment's key.",
    refs: ["CKV_AZURE_202"],
  },
  {
    id: "bus-key",
    type: BUS,
    path: "customer_managed_key.key_vault_key_id",
    demand: vaultKey,
    only: "ownKeys",
    why: "Messages wait on disk under no key of ours.",
    refs: ["CKV_AZURE_201"],
  },
  {
    id: "bus-twice-encrypted",
    type: BUS,
    path: "customer_managed_key.infrastructure_encryption_enabled",
    demand: is(true),
    only: "ownKeys",
    why: "It cannot be switched on later.",
    refs: ["CKV_AZURE_199"],
  },
  {
    id: "queue-dead-letters",
    type: QUEUE,
    path: "dead_lettering_on_message_expiration",
    demand: is(true),
    why: "A message that nobody took in time would be gone without a trace.",
    refs: [],
  },
  {
    id: "queue-deliveries",
    type: QUEUE,
    path: "max_delivery_count",
    demand: number(2, 100),
    why: "One failure would be the last try, or a message that cannot be handled would be tried for ever.",
    refs: [],
  },
  {
    id: "queue-once",
    type: QUEUE,
    path: "requires_duplicate_detection",
    demand: is(true),
    why: "A message that is sent twice would start two trainings, and it cannot be switched on later.",
    refs: [],
  },
];

const EVENT_RULES: readonly HardeningRule[] = [
  {
    id: "events-identity",
    type: TOPIC,
    path: "identity.type",
    demand: ownIdentity,
    why: "Events would be delivered with a key of the queue.",
    refs: [],
  },
  {
    id: "events-delivered-by-identity",
    type: EVENTS,
    path: "delivery_identity.user_assigned_identity",
    demand: resourceId,
    why: "Events would be delivered with a key of the queue.",
    refs: [],
  },
  {
    id: "events-dead-letters",
    type: EVENTS,
    path: "storage_blob_dead_letter_destination.storage_account_id",
    demand: resourceId,
    why: "An event that cannot be delivered would be gone without a trace.",
    refs: [],
  },
  {
    id: "events-dead-letters-by-identity",
    type: EVENTS,
    path: "dead_letter_identity.user_assigned_identity",
    demand: resourceId,
    why: "The account has no key that it could be written with.",
    refs: [],
  },
  {
    id: "events-named",
    type: EVENTS,
    path: "included_event_types",
    demand: {
      wanted: "types of events by name",
      holds: (value) =>
        Array.isArray(value) && value.length > 0 && value.every((type) => /^Microsoft\.\w+\./.test(type)),
      wrong: () => [[], ["*"]],
    },
    why: "Whatever Azure sends one day would start trainings.",
    refs: [],
  },
];

function isKind(kind: string): (resource: Resource) => boolean {
  const form = new RegExp(`^Microsoft\\.DataFactory/factories/${kind}@`);
  return ({ type }) => form.test(String(type));
}

/** Data Factory, Service Bus and Event Grid: what moves data and messages. */
export const AZURE_FLOWS: readonly HardeningRule[] = [...FACTORIES, ...BUSES, ...EVENT_RULES];
