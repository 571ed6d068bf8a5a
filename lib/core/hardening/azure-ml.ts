import { asMap, type HardeningRule, type Resource, type StackRule } from "../hardening";
import { ownIdentity, resourceId, vaultKey, withoutKeys } from "./azure-demands";
import { alone } from "./azure-stack";
import { absent, filled, is, number, oneOf, text } from "./demands";

const WORKSPACE = "azurerm_machine_learning_workspace";
const CLUSTER = "azurerm_machine_learning_compute_cluster";
const STORE = "azurerm_machine_learning_datastore_blobstorage";
const API = "azapi_resource";
const CHANGE = "azapi_update_resource";

const WORKSPACES: readonly HardeningRule[] = [
  {
    id: "ml-private",
    type: WORKSPACE,
    path: "public_network_access_enabled",
    demand: is(false),
    why: "A stolen token could be used from everywhere.",
    refs: ["CKV_AZURE_144", "CKV2_AZURE_49", "CKV2_AZURE_50"],
  },
  {
    id: "ml-way-out",
    type: WORKSPACE,
    path: "managed_network.isolation_mode",
    demand: is("AllowOnlyApprovedOutbound"),
    only: "production",
    where: isDefaultKind,
    why: "Code of a step could send the data anywhere.",
    refs: [],
  },
  {
    id: "ml-managed-network",
    type: WORKSPACE,
    path: "managed_network.isolation_mode",
    demand: oneOf("AllowOnlyApprovedOutbound", "AllowInternetOutbound"),
    why: "Machines would stand in a network without any rules, and reach the storage over the internet.",
    refs: [],
  },
  {
    id: "ml-identity",
    type: WORKSPACE,
    path: "identity.type",
    demand: ownIdentity,
    why: "An identity that comes with the workspace may by itself do everything in the group.",
    refs: [],
  },
  {
    id: "ml-primary-identity",
    type: WORKSPACE,
    path: "primary_user_assigned_identity",
    demand: resourceId,
    why: "Azure would choose which of its identities the workspace acts as.",
    refs: [],
  },
  {
    id: "ml-key",
    type: WORKSPACE,
    path: "encryption.key_id",
    demand: vaultKey,
    only: "ownKeys",
    where: isDefaultKind,
    why: "What the service keeps of runs and models would be under no key of ours.",
    refs: [],
  },
  {
    id: "ml-high-impact",
    type: WORKSPACE,
    path: "high_business_impact",
    demand: is(true),
    why: "Microsoft would collect names and messages of jobs to look for errors, and it cannot be changed later.",
    refs: [],
  },
  {
    id: "ml-no-legacy",
    type: WORKSPACE,
    path: "v1_legacy_mode_enabled",
    demand: is(false),
    why: "The older interface is over, and passes the private address.",
    refs: [],
  },
  {
    id: "ml-builder",
    type: WORKSPACE,
    path: "image_build_compute_name",
    demand: filled("the name of the machines that build images"),
    where: isDefaultKind,
    why: "The registry is private and builds none, so no step could start.",
    refs: [],
  },
  {
    id: "ml-storage-by-identity",
    type: CHANGE,
    path: "body.properties.systemDatastoresAuthMode",
    demand: is("Identity"),
    where: ({ type }) => /^Microsoft\.MachineLearningServices\/workspaces@/.test(String(type)),
    why: "The workspace would want a key of the account, which has none.",
    refs: [],
  },
];

const MACHINES: readonly HardeningRule[] = [
  {
    id: "ml-cluster-no-local-login",
    type: CLUSTER,
    path: "local_auth_enabled",
    demand: is(false),
    why: "Jobs could be sent with a key instead of a name.",
    refs: ["CKV_AZURE_142"],
  },
  {
    id: "ml-cluster-empties",
    type: CLUSTER,
    path: "scale_settings.min_node_count",
    demand: number(0, 0),
    why: "Machines would be paid for while nothing trains, and keep what the last job left.",
    refs: ["CKV_AZURE_150"],
  },
  {
    id: "ml-cluster-private",
    type: CLUSTER,
    path: "node_public_ip_enabled",
    demand: is(false),
    why: "Machines with public addresses can be reached from everywhere.",
    refs: [],
  },
  {
    id: "ml-cluster-no-ssh",
    type: CLUSTER,
    path: "ssh_public_access_enabled",
    demand: is(false),
    why: "Machines would listen for logins.",
    refs: [],
  },
  {
    id: "ml-cluster-identity",
    type: CLUSTER,
    path: "identity.type",
    demand: ownIdentity,
    why: "Jobs would act as whoever sent them, or as the workspace.",
    refs: [],
  },
  {
    id: "ml-cluster-network",
    type: CLUSTER,
    path: "subnet_resource_id",
    demand: absent("/subscriptions/1/resourceGroups/acme/providers/Microsoft.Network/virtualNetworks/net/subnets/sub"),
    why: "It would stand outside of the workspace's own network, past the rules of what it may reach.",
    refs: [],
  },
];

const IS_INSTANCE = computeOf("ComputeInstance");

/** Machines of one person each. */
const INSTANCES: readonly HardeningRule[] = [
  ...[
    ["no-local-login", "disableLocalAuth", true, "The machine could be entered with a key instead of a name."],
    ["private", "properties.enableNodePublicIp", false, "The machine could be reached from everywhere."],
    ["no-root", "properties.enableRootAccess", false, "Who is root on it can take the identity of the machine."],
    ["no-ssh", "properties.sshSettings.sshPublicAccess", "Disabled", "The machine would listen for logins."],
    ["personal", "properties.applicationSharingPolicy", "Personal", "Others could use it with its owner's rights."],
  ].map(
    ([name, path, value = true, why]): HardeningRule => ({
      id: `ml-instance-${name}`,
      type: API,
      path: `body.properties.${path}`,
      demand: is(value),
      where: IS_INSTANCE,
      why: String(why),
      refs: [],
    }),
  ),
  {
    id: "ml-instance-stops",
    type: API,
    path: "body.properties.properties.idleTimeBeforeShutdown",
    demand: text(/^PT\d+M$/, "minutes, written like PT60M", ""),
    where: IS_INSTANCE,
    why: "A forgotten machine would be paid for, and not be updated.",
    refs: [],
  },
];

const STORES: readonly HardeningRule[] = [
  {
    id: "ml-datastore-no-key",
    type: STORE,
    path: "",
    demand: withoutKeys("no key and no signed address", /^(account_key|shared_access_signature)$/, {
      account_key: "correct-horse",
    }),
    why: "It would stand in the state, and open everything.",
    refs: [],
  },
  {
    id: "ml-datastore-identity",
    type: STORE,
    path: "service_data_auth_identity",
    demand: oneOf("WorkspaceUserAssignedIdentity", "None"),
    why: "The workspace would look at the data as an identity that it does not have.",
    refs: [],
  },
  {
    id: "ml-connection-identity",
    type: API,
    path: "body.properties.authType",
    demand: oneOf("ManagedIdentity", "AAD"),
    where: apiOf("workspaces/connections"),
    why: "The workspace would keep somebody's key.",
    refs: [],
  },
];

const ENDPOINTS: readonly HardeningRule[] = [
  {
    id: "ml-endpoint-entra",
    type: API,
    path: "body.properties.authMode",
    demand: is("AADToken"),
    where: apiOf("workspaces/(onlineEndpoints|batchEndpoints)"),
    why: "A key says nobody's name, and is good wherever it gets to.",
    refs: [],
  },
  {
    id: "ml-endpoint-private",
    type: API,
    path: "body.properties.publicNetworkAccess",
    demand: is("Disabled"),
    only: "production",
    where: apiOf("workspaces/onlineEndpoints"),
    why: "Everybody could try it.",
    refs: [],
    setting: "serving.production.expose: internal",
  },
  {
    id: "ml-endpoint-identity",
    type: API,
    path: "identity.type",
    demand: ownIdentity,
    where: apiOf("workspaces/onlineEndpoints"),
    why: "It would fetch model and image as an identity that Azure makes, and that nobody reviews.",
    refs: [],
  },
  {
    id: "ml-policy-enforced",
    type: "azurerm_resource_policy_assignment",
    path: "enforce",
    demand: is(true),
    why: "What the environment forbids would only be noted.",
    refs: [],
  },
];

/** A feature store takes neither: https://learn.microsoft.com/en-us/azure/machine-learning/tutorial-network-isolation-for-feature-store. */
function isDefaultKind({ kind = "Default" }: Resource): boolean {
  return kind === "Default";
}

function apiOf(kind: string): (resource: Resource) => boolean {
  const form = new RegExp(`^Microsoft\\.MachineLearningServices/${kind}@`);
  return ({ type }) => form.test(String(type));
}

function computeOf(kind: string): (resource: Resource) => boolean {
  const isCompute = apiOf("workspaces/computes");
  return (resource) => isCompute(resource) && asMap(asMap(resource.body).properties).computeType === kind;
}

/** What a stack with a workspace holds beside it. */
export const AZURE_ML_STACKS: readonly StackRule[] = [
  {
    id: "ml-endpoint-logs",
    why: "Nobody could say who asked, and what went wrong.",
    refs: ["CIS Azure 6.4"],
    check: (stack) =>
      alone(stack, {
        of: API,
        where: apiOf("workspaces/onlineEndpoints"),
        type: API,
        at: "parent_id",
        does: ({ type }) => /^Microsoft\.Insights\/diagnosticSettings@/.test(String(type)),
        message: "writes its logs nowhere",
        fix: "Add a diagnostic setting for it",
      }),
  },
];

/** Azure ML: workspaces, machines, stores and endpoints. */
export const AZURE_ML: readonly HardeningRule[] = [...WORKSPACES, ...MACHINES, ...INSTANCES, ...STORES, ...ENDPOINTS];
