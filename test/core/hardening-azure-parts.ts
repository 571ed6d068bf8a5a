/** Values that the fixtures of several of Azure's kinds share. */

const GROUP = "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/acme-test-ml";

/** Id of some resource. */
export const ID = `${GROUP}/providers/Microsoft.Storage/storageAccounts/acmetestdatasets`;
export const IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/acme-test-serving`;
export const KEY = "https://acme-test-ml.vault.azure.net/keys/storage";
export const IMAGE = `acmetestimages.azurecr.io/serving@sha256:${"a".repeat(64)}`;

const given = (verb: string, source: string) =>
  `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (${source}[Microsoft.Authorization/` +
  "roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))";

/** Condition of who gives roles. */
export const GIVES = `${given("write", "@Request")} AND ${given("delete", "@Resource")}`;
