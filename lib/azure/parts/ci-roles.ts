/**
 * What the two identities of CI may do besides reading and making resources, with the reason. Pure data; does not load the
 * engine. Roles: https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles
 */

/** What both look at in the subscription; nothing of it changes anything. */
export const LOOK_ACTIONS: Readonly<Record<string, string>> = {
  "Microsoft.Authorization/roleAssignments/read": "rights outside the group are compared: on the states",
  "Microsoft.Authorization/roleDefinitions/read": "roles of the subscription are compared",
  "Microsoft.ContainerRegistry/checkNameAvailability/read": "whether the registry's name is free",
  "Microsoft.KeyVault/locations/deletedVaults/read": "whether a deleted vault is to be recovered",
  "Microsoft.Consumption/budgets/read": "the budget is compared: it counts several groups, so it is the subscription's",
};

/** What deploying changes in the subscription, outside the environment's group. */
export const BUDGET_ACTIONS: Readonly<Record<string, string>> = {
  "Microsoft.Consumption/budgets/write": "the budget is made",
  "Microsoft.Consumption/budgets/delete": "the budget is removed",
};

/** What deploying makes in the group that belongs to neither of the roles there: which images and models may be used in Azure ML. */
export const POLICY_ACTIONS: Readonly<Record<string, string>> = {
  "Microsoft.Authorization/policyAssignments/write": "policies of the workspace are assigned",
  "Microsoft.Authorization/policyAssignments/delete": "policies of the workspace are removed",
};

/**
 * What the provider asks when it compares and a reader may not: each is a question by POST. None answers with a secret here:
 * people sign in to the cluster with their own name, containers are given references, and Cosmos DB takes no keys.
 */
export const PLAN_ACTIONS: Readonly<Record<string, string>> = {
  "Microsoft.App/containerApps/listSecrets/action": "container apps are compared",
  "Microsoft.App/jobs/listSecrets/action": "jobs are compared",
  "Microsoft.App/managedEnvironments/daprComponents/listSecrets/action": "bindings of queues are compared",
  "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action": "the cluster is compared",
  "Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action": "the account of online features is compared",
  "Microsoft.DocumentDB/databaseAccounts/listKeys/action": "the account of online features is compared",
  "Microsoft.DocumentDB/databaseAccounts/readonlykeys/action": "the account of online features is compared",
  "Microsoft.EventGrid/systemTopics/eventSubscriptions/getFullUrl/action": "subscriptions to events are compared",
  "Microsoft.Resources/deployments/exportTemplate/action": "the question for a key's version is compared",
};

/**
 * The only roles that a deployment may give to anybody in the group, by name. None of them can give roles in turn. A role
 * that a construct grants and that is missing here fails in CI, so a test compares the two; it also names those that no
 * construct grants any more.
 */
export const GRANTABLE_ROLES: Readonly<Record<string, string>> = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  "Application Insights Component Contributor": "ae349356-3a1b-4a5e-921d-050484c6347e",
  "Azure AI Administrator": "b78c5d69-af96-48a3-bf8d-a8b4d589de94",
  "Azure AI Enterprise Network Connection Approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
  "Azure Service Bus Data Receiver": "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
  "Azure Service Bus Data Sender": "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
  "AzureML Compute Operator": "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815",
  "AzureML Data Scientist": "f6c7c914-8db3-469d-8ca1-694a8f32e121",
  "Container Apps Jobs Operator": "b9a307c4-5aa3-4b52-ba60-2b17c136cd7b",
  "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
  "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
  "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
  "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  "Storage Account Contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "Storage File Data Privileged Contributor": "69566ab7-960f-475b-8e7c-b3118f30c6bd",
};

/** Who roles are given to: neither a person nor a guest. */
const PRINCIPALS = ["ServicePrincipal", "Group"];

/**
 * Only the listed roles are given and taken away, https://learn.microsoft.com/en-us/azure/role-based-access-control/delegate-role-assignments-examples.
 * A condition has at most 8 KB.
 */
export function grantCondition(): string {
  const part = (verb: "write" | "delete", source: "Request" | "Resource") => {
    const of = `@${source}[Microsoft.Authorization/roleAssignments`;
    const roles = Object.values(GRANTABLE_ROLES).join(", ");
    const types = PRINCIPALS.map((type) => `'${type}'`).join(", ");
    return (
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (` +
      `${of}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles}} AND ` +
      `${of}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {${types}}))`
    );
  };
  return `${part("write", "Request")} AND ${part("delete", "Resource")}`;
}

/**
 * Only blobs whose names begin so, and only lists of such,
 * https://learn.microsoft.com/en-us/azure/storage/blobs/storage-auth-abac-examples.
 */
export function stateCondition(prefix: string): string {
  const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
  const list = `ActionMatches{'${blobs}/read'} AND SubOperationMatches{'Blob.List'}`;
  const read = `ActionMatches{'${blobs}/read'} AND NOT SubOperationMatches{'Blob.List'}`;
  const changes = ["write", "add/action", "delete", "move/action"].map((verb) => `ActionMatches{'${blobs}/${verb}'}`);
  const none = [read, ...changes].map((action) => `!(${action})`).join(" AND ");
  return (
    `((${none}) OR (@Resource[${blobs}:path] StringStartsWith '${prefix}')) AND ` +
    `((!(${list})) OR (@Request[${blobs}:prefix] StringStartsWith '${prefix}'))`
  );
}
