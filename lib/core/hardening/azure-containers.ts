import type { HardeningRule } from "../hardening";
import { ownIdentity, resourceId, someOf, withoutKeys } from "./azure-demands";
import { absent, byDigest, filled, is, number, oneOf, someBlock } from "./demands";

const HOME = "azurerm_container_app_environment";
const APP = "azurerm_container_app";
const JOB = "azurerm_container_app_job";
const EITHER = /^azurerm_container_app(_job)?$/;
const BINDING = "azurerm_container_app_environment_dapr_component";
const GROUP = "azurerm_container_group";

const HOMES: readonly HardeningRule[] = [
  {
    id: "apps-internal",
    type: HOME,
    path: "internal_load_balancer_enabled",
    demand: is(true),
    why: "Every app in it could be published with one switch, and it cannot be changed later.",
    refs: [],
  },
  {
    id: "apps-private",
    type: HOME,
    path: "public_network_access",
    demand: is("Disabled"),
    why: "Its apps could be reached from everywhere.",
    refs: [],
  },
  {
    id: "apps-subnet",
    type: HOME,
    path: "infrastructure_subnet_id",
    demand: resourceId,
    why: "It would stand in a network of Azure, with none of our rules.",
    refs: [],
  },
  {
    id: "apps-logs",
    type: HOME,
    path: "logs_destination",
    demand: is("azure-monitor"),
    why: "What containers write would be gone with them, or be sent with a key of the workspace.",
    refs: [],
  },
  {
    id: "apps-zones",
    type: HOME,
    path: "zone_redundancy_enabled",
    demand: is(true),
    only: "production",
    why: "Predictions would stop with one building, and it cannot be changed later.",
    refs: [],
  },
];

/** What services and jobs have in common. */
const BOTH: readonly HardeningRule[] = [
  {
    id: "app-identity",
    type: EITHER,
    path: "identity.type",
    demand: ownIdentity,
    why: "It could prove who it is with a secret only.",
    refs: [],
  },
  {
    id: "app-pulls-by-identity",
    type: EITHER,
    path: "registry.identity",
    demand: resourceId,
    why: "Images would be fetched with a password.",
    refs: [],
  },
  {
    id: "app-no-registry-password",
    type: EITHER,
    path: "registry.password_secret_name",
    demand: absent("registry-password"),
    why: "Images would be fetched with a password.",
    refs: [],
  },
  {
    id: "app-no-secrets",
    type: EITHER,
    path: "secret",
    demand: absent([{ name: "token", value: "correct-horse" }]),
    why: "It would stand in the state, and whoever may read the app could read it.",
    refs: [],
  },
  {
    id: "app-image",
    type: EITHER,
    path: "template.container.image",
    demand: byDigest,
    why: "Behind a tag the image can change without a release.",
    refs: [],
  },
];

const SERVICES: readonly HardeningRule[] = [
  {
    id: "app-encrypted",
    type: APP,
    path: "ingress.allow_insecure_connections",
    demand: is(false),
    why: "Inputs and predictions could be read on the way.",
    refs: [],
  },
  {
    id: "app-asked-whether-alive",
    type: APP,
    path: "template.container.liveness_probe[]",
    demand: someBlock("a question that is asked again and again", ({ path, port }) => Boolean(path ?? port)),
    only: "production",
    why: "A container that hangs would stay.",
    refs: [],
  },
  {
    id: "app-asked-whether-started",
    type: APP,
    path: "template.container.startup_probe[]",
    demand: someBlock("a question that is asked at the start", ({ port }) => Boolean(port)),
    why: "A container would be asked for predictions before it has its model.",
    refs: [],
  },
  {
    id: "app-most",
    type: APP,
    path: "template.max_replicas",
    demand: number(1, 1000),
    why: "Whoever floods it would decide what it costs.",
    refs: [],
  },
  {
    id: "app-job-ends",
    type: JOB,
    path: "replica_timeout_in_seconds",
    demand: number(1, 86_400),
    why: "A job that hangs would be paid for, and hold its rights, for ever.",
    refs: [],
  },
  {
    id: "app-binding-no-secret",
    type: BINDING,
    path: "",
    demand: withoutKeys("no secret", /^(secret|secret_name)$/, { secret: [{ name: "key", value: "correct-horse" }] }),
    why: "It would stand in the state; the binding has an identity.",
    refs: [],
  },
  {
    id: "app-binding-no-connection-string",
    type: BINDING,
    path: "metadata.name",
    demand: {
      wanted: "no connection string and no key",
      optional: true,
      holds: (value) => !/^(connectionString|accountKey|masterKey|sharedAccessKey|clientSecret)$/i.test(String(value)),
      wrong: () => ["connectionString", "clientSecret"],
    },
    why: "It would stand in the state; the binding has an identity.",
    refs: [],
  },
  {
    id: "app-binding-scope",
    type: BINDING,
    path: "scopes",
    demand: someOf("apps by name"),
    why: "Every app in the environment could read the queue.",
    refs: [],
  },
];

const GROUPS: readonly HardeningRule[] = [
  {
    id: "container-instance-private",
    type: GROUP,
    path: "ip_address_type",
    demand: oneOf("Private", "None"),
    why: "It would have an address that everybody can try.",
    refs: ["CKV_AZURE_245"],
  },
  {
    id: "container-instance-subnet",
    type: GROUP,
    path: "subnet_ids",
    demand: someOf("a subnet"),
    why: "It would stand in a network of Azure, with none of our rules.",
    refs: ["CKV_AZURE_98"],
  },
  {
    id: "container-instance-identity",
    type: GROUP,
    path: "identity.type",
    demand: ownIdentity,
    why: "It could prove who it is with a secret only.",
    refs: ["CKV2_AZURE_28"],
  },
  {
    id: "container-instance-pulls-by-identity",
    type: GROUP,
    path: "image_registry_credential.user_assigned_identity_id",
    demand: resourceId,
    why: "Images would be fetched with a password.",
    refs: [],
  },
  {
    id: "container-instance-no-registry-password",
    type: GROUP,
    path: "image_registry_credential.password",
    demand: absent("correct-horse"),
    why: "It would stand in the state.",
    refs: [],
  },
  {
    id: "container-instance-values-hidden",
    type: GROUP,
    path: "container.environment_variables",
    demand: absent({ TOKEN: "correct-horse" }),
    why: "Whoever may look at it could read them.",
    refs: ["CKV_AZURE_235"],
  },
  {
    id: "container-instance-image",
    type: GROUP,
    path: "container.image",
    demand: byDigest,
    why: "Behind a tag the image can change without a release.",
    refs: [],
  },
  {
    id: "container-instance-processor",
    type: GROUP,
    path: "container.cpu_limit",
    demand: number(0.1, 4),
    why: "One request could take all of the machine.",
    refs: [],
  },
  {
    id: "container-instance-memory",
    type: GROUP,
    path: "container.memory_limit",
    demand: number(0.1, 32),
    why: "One request could take all of the machine.",
    refs: [],
  },
  {
    id: "container-instance-asked-whether-alive",
    type: GROUP,
    path: "container.liveness_probe.http_get.path",
    demand: filled("the path of the question"),
    why: "A container that hangs would stay.",
    refs: [],
  },
  {
    id: "container-instance-asked-whether-ready",
    type: GROUP,
    path: "container.readiness_probe.http_get.path",
    demand: filled("the path of the question"),
    why: "A container would be asked for predictions before it has its model.",
    refs: [],
  },
];

/** Container Apps and Container Instances: what runs one container. */
export const AZURE_CONTAINERS: readonly HardeningRule[] = [...HOMES, ...BOTH, ...SERVICES, ...GROUPS];
