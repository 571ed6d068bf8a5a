/** Rights of whoever deploys, from what is deployed. One action a row stands for the role that holds its kin. */
import type { Check } from "../../contracts/operator";
import { type Json, texts } from "../../core/json";
import type { AzureFeatures } from "../parts/settings";
import type { AzureContext } from "./context";

/** An action of Azure Resource Manager, and a built-in role that holds it. */
interface Right {
  readonly action: string;
  readonly role: "Contributor" | "Role Based Access Control Administrator" | "User Access Administrator";
}

const contributor = (action: string): Right => ({ action, role: "Contributor" });

/**
 * Actions: https://learn.microsoft.com/en-us/azure/role-based-access-control/resource-provider-operations; roles:
 * https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles. Contributor holds all but the right to
 * give rights, and to lock.
 */
const ALWAYS: readonly Right[] = [
  contributor("Microsoft.ManagedIdentity/userAssignedIdentities/write"),
  contributor("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"),
  contributor("Microsoft.Storage/storageAccounts/write"),
  contributor("Microsoft.ContainerRegistry/registries/write"),
  contributor("Microsoft.DBforPostgreSQL/flexibleServers/write"),
  contributor("Microsoft.ServiceBus/namespaces/write"),
  contributor("Microsoft.EventGrid/systemTopics/write"),
  contributor("Microsoft.App/managedEnvironments/write"),
  contributor("Microsoft.App/jobs/start/action"),
  contributor("Microsoft.MachineLearningServices/workspaces/write"),
  contributor("Microsoft.OperationalInsights/workspaces/write"),
  contributor("Microsoft.Insights/diagnosticSettings/write"),
  contributor("Microsoft.Insights/metricAlerts/write"),
  contributor("Microsoft.Consumption/budgets/write"),
  contributor("Microsoft.Network/privateEndpoints/write"),
  { action: "Microsoft.Authorization/roleAssignments/write", role: "Role Based Access Control Administrator" },
];
const OWN_GROUP: readonly Right[] = [contributor("Microsoft.Resources/subscriptions/resourceGroups/write")];
const OWN_NETWORK: readonly Right[] = [
  contributor("Microsoft.Network/virtualNetworks/write"),
  contributor("Microsoft.Network/networkSecurityGroups/write"),
];
const OWN_ZONES: readonly Right[] = [contributor("Microsoft.Network/privateDnsZones/write")];
const OWN_CLUSTER: readonly Right[] = [contributor("Microsoft.ContainerService/managedClusters/write")];
const OWN_VAULT: readonly Right[] = [contributor("Microsoft.KeyVault/vaults/write")];
const OWN_KEYS: readonly Right[] = [contributor("Microsoft.KeyVault/vaults/keys/write")];
const LOCKS: readonly Right[] = [{ action: "Microsoft.Authorization/locks/write", role: "User Access Administrator" }];
const OWN_ROLES: readonly Right[] = [
  { action: "Microsoft.Authorization/roleDefinitions/write", role: "User Access Administrator" },
];
const BY_FEATURE: Readonly<Partial<Record<keyof AzureFeatures, readonly Right[]>>> = {
  notebooks: [contributor("Microsoft.MachineLearningServices/workspaces/computes/write")],
  dataIntegration: [contributor("Microsoft.DataFactory/factories/write")],
};

/** What is needed for this environment. */
function rightsFor({ settings, ci = false }: Pick<AzureContext, "settings" | "ci">): readonly Right[] {
  const { existing, ownKeys, production, resourceGroup, features } = settings;
  const switched = (Object.keys(BY_FEATURE) as (keyof AzureFeatures)[]).filter((name) => features[name]);
  return [
    ...ALWAYS,
    ...(resourceGroup === undefined ? OWN_GROUP : []),
    ...(existing.network === undefined ? OWN_NETWORK : []),
    ...(existing.privateDnsZones === undefined ? OWN_ZONES : []),
    ...(existing.cluster === undefined ? OWN_CLUSTER : []),
    ...(existing.vault === undefined ? OWN_VAULT : []),
    ...(ownKeys ? OWN_KEYS : []),
    ...(production ? LOCKS : []),
    ...(ci ? OWN_ROLES : []),
    ...switched.flatMap((name) => BY_FEATURE[name] ?? []),
  ];
}

/** What whoever is logged in may do where the estate stands, or will stand. */
export async function rightsChecks(context: AzureContext): Promise<readonly Check[]> {
  const { client, names, settings } = context;
  const group = await client.find("resources", names.resourceGroupId);
  const scope = group === null ? `/subscriptions/${settings.subscription}` : names.resourceGroupId;
  const held = await client.list("authorization", `${scope}/providers/Microsoft.Authorization/permissions`);
  const wanted = rightsFor(context);
  const missing = wanted.filter(({ action }) => !held.some((permission) => allows(permission, action)));
  const check = "rights";
  if (missing.length === 0)
    return [{ check, ok: true, message: `${wanted.length} of ${wanted.length} actions allowed`, fix: null }];
  const roles = [...new Set(missing.map(({ role }) => `"${role}"`))];
  return [
    {
      check,
      ok: false,
      message: `not allowed: ${missing.map(({ action }) => action).join(", ")}`,
      fix: `An owner gives ${roles.join(" and ")}: az role assignment create --assignee YOU --role ROLE --scope ${scope}; new ones take some minutes to count`,
    },
  ];
}

/** What a role takes away counts within that role only (https://learn.microsoft.com/en-us/azure/role-based-access-control/role-definitions#notactions). */
function allows({ actions, notActions }: Json, action: string): boolean {
  const holds = (patterns: unknown) => texts(patterns).some((pattern) => matches(pattern, action));
  return holds(actions) && !holds(notActions);
}

/** Of a pattern only `*` is special; case does not count. */
function matches(pattern: string, action: string): boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}$`, "i").test(action);
}
