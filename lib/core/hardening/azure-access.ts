import { asMap, type HardeningRule, type Resource, type StackRule } from "../hardening";
import { leaves } from "../walk";
import { someOf } from "./azure-demands";
import { entries } from "./azure-stack";
import { filled, is, oneOf, text, whenThere } from "./demands";

const ASSIGNMENT = "azurerm_role_assignment";
const ROLE = "azurerm_role_definition";

/** Who holds one of these can give itself every other: https://learn.microsoft.com/en-us/azure/role-based-access-control/role-assignments-steps#privileged-administrator-roles */
const EVERYTHING = /^(Owner|User Access Administrator|Access Review Operator Service Role)$/;
/** Whoever gives roles, within what its condition says. */
const GIVER = "Role Based Access Control Administrator";
/** A whole subscription, or more. */
const WIDE = /^\/subscriptions\/[^/]+\/?$|^\/?$|^\/providers\/Microsoft\.Management\/|^\$\{.*subscription.*\}$/i;

const ASSIGNMENTS: readonly HardeningRule[] = [
  {
    id: "role-not-owner",
    type: ASSIGNMENT,
    path: "role_definition_name",
    demand: {
      wanted: "a role that cannot give itself every other (not Owner, not User Access Administrator)",
      optional: true,
      holds: (value) => !EVERYTHING.test(String(value)),
      wrong: () => ["Owner", "User Access Administrator"],
    },
    why: "Who holds it can give itself every other.",
    refs: [],
  },
  {
    id: "role-by-name",
    type: ASSIGNMENT,
    path: "role_definition_id",
    demand: whenThere(
      text(
        /^\$\{azurerm_role_definition\./,
        "a role of the environment's own; Azure's are named by role_definition_name",
        "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
      ),
    ),
    why: "A review does not know a role by its number.",
    refs: [],
  },
  {
    id: "role-narrow",
    type: ASSIGNMENT,
    path: "scope",
    demand: {
      wanted: "the resource, or the group at most",
      holds: (value) => typeof value === "string" && value !== "" && !WIDE.test(value),
      wrong: () => ["/subscriptions/1b2c3d4e-0000-4000-8000-000000000001", ""],
    },
    why: "It would count for everything in the subscription, also for what others have there.",
    refs: [],
  },
  {
    id: "role-giver-condition",
    type: ASSIGNMENT,
    path: "condition",
    demand: text(
      /^(?=.*roleAssignments\/write)(?=.*roleAssignments\/delete)(?=.*RoleDefinitionId\] ForAnyOfAnyValues:GuidEquals \{)/s,
      "a condition that lists the roles which may be given and taken away",
      "",
      "true",
    ),
    where: isGiver,
    why: "Who gives roles could give itself every other.",
    refs: [],
  },
  {
    id: "role-condition-version",
    type: ASSIGNMENT,
    path: "condition_version",
    demand: is("2.0"),
    where: ({ condition }) => condition !== undefined,
    why: "Azure refuses a condition without it.",
    refs: [],
  },
  {
    id: "role-condition-there",
    type: ASSIGNMENT,
    path: "condition",
    demand: filled("a condition"),
    where: ({ condition_version }) => condition_version !== undefined,
    why: "The right would count for what others have there too: for the states of every environment.",
    refs: [],
  },
  {
    id: "role-holder",
    type: ASSIGNMENT,
    path: "principal_type",
    demand: oneOf("ServicePrincipal", "Group"),
    why: "Persons come and go: a group is looked after, and rights of a person are seen by no review.",
    refs: [],
  },
  {
    id: "role-fresh-identity",
    type: ASSIGNMENT,
    path: "skip_service_principal_aad_check",
    demand: is(true),
    where: ({ principal_type }) => principal_type === "ServicePrincipal",
    why: "An identity that was made a moment ago is not known everywhere yet, and the deployment would fail.",
    refs: [],
  },
  {
    id: "role-to-somebody",
    type: ASSIGNMENT,
    path: "principal_id",
    demand: filled("the object id of an identity or a group"),
    why: "Nobody could say who has it.",
    refs: [],
  },
];

const ROLES: readonly HardeningRule[] = [
  {
    id: "custom-role-no-giving",
    type: ROLE,
    path: "permissions.actions",
    demand: {
      wanted: "actions by name, none of which gives rights",
      holds: (value) => Array.isArray(value) && value.length > 0 && !value.some((action) => GIVES.test(String(action))),
      wrong: () => [["*"], ["Microsoft.Authorization/*"], ["Microsoft.Authorization/roleAssignments/write"]],
    },
    why: "Who holds the role could give itself every other.",
    refs: ["CKV_AZURE_39", "CIS Azure 2.23"],
  },
  {
    id: "custom-role-scope",
    type: ROLE,
    path: "assignable_scopes",
    demand: someOf("where it may be given"),
    why: "It could be given on every subscription of the tenant.",
    refs: [],
  },
];

/**
 * Actions with which one gets other rights, by name or as one of many. Keys of Cosmos DB are none: no account takes them, and its
 * provider asks for them whenever it compares one.
 */
const GIVES =
  /^\*|^Microsoft\.Authorization\/(\*|roleAssignments\/(\*|write)|roleDefinitions\/(\*|write)|elevateAccess\/action)|(?<!^Microsoft\.DocumentDB\/databaseAccounts)\/listKeys\/action$|\/\*$/i;

function isGiver({ role_definition_name }: Resource): boolean {
  return role_definition_name === GIVER;
}

/** Types that are not used: what they make is a secret, is seen by no review, or is made past the private address. */
const UNUSED: readonly [RegExp, string, string][] = [
  [/^azurerm_key_vault_secret$/, "its value stands in the state", "Let a person write it: az keyvault secret set"],
  [/^azurerm_key_vault_access_policy$/, "it gives rights past the roles", "Use azurerm_role_assignment"],
  [/^azurerm_\w+_authorization_rule$/, "it is a key that stands in the state", "Use an identity"],
  [/^azurerm_container_registry_(token|token_password|scope_map)$/, "it is a password", "Use an identity"],
  [/^azurerm_application_insights_api_key$/, "it is a key that stands in the state", "Use an identity"],
  [/^azurerm_storage_account_local_user$/, "it is in no directory", "Use an identity"],
  [
    /^azurerm_storage_blob$/,
    "it is written over the network that the account is closed to",
    "Let the release write it",
  ],
  [
    /^azurerm_(postgresql|mysql)_flexible_server_firewall_rule$/,
    "it opens a server to addresses of the internet",
    "Reach it inside the network",
  ],
  [
    /^azurerm_network_security_rule$/,
    "rules beside those of the group take turns with them at being removed",
    "Write it into the group",
  ],
  [/^azurerm_virtual_machine_(extension|run_command)$/, "it runs code as root", "Write it into the machine's start"],
  [/^azurerm_virtual_machine$/, "the older kind of machine", "Use azurerm_linux_virtual_machine"],
];

/** Keys of values that name an image. */
const IMAGE_KEY = /^(image|imageUri|image_name|containerImage)$/;
const IMAGE =
  /^[\w.-]+\.(azurecr\.io|mcr\.microsoft\.com|azurecr\.\w+)\/[^\s:@]+(:[\w.-]+)?$|^mcr\.microsoft\.com\/[^\s@]+$/;

/** What no stack may hold. */
export const AZURE_ACCESS_STACKS: readonly StackRule[] = [
  {
    id: "azure-no-unsafe-type",
    why: "Keys never expire, secrets stand in the state, and rights past the roles are seen by no review.",
    refs: ["CKV_AZURE_41", "CKV_AZURE_11", "CKV2_AZURE_26"],
    check: ({ resource = {} }) =>
      Object.entries(resource).flatMap(([type, byId]) =>
        UNUSED.filter(([unused]) => unused.test(type)).flatMap(([, why, fix]) =>
          Object.keys(byId).map((id) => ({ address: `${type}.${id}`, message: `${type} is not used: ${why}`, fix })),
        ),
      ),
  },
  {
    id: "azure-images-by-digest",
    why: "Behind a tag the image can change without a release.",
    refs: [],
    check: ({ resource = {} }) =>
      Object.entries(resource).flatMap(([type, byId]) =>
        Object.entries(byId).flatMap(([id, body]) =>
          leaves(asMap(body))
            .filter(({ key, value }) => IMAGE_KEY.test(key) && IMAGE.test(String(value)))
            .map(({ path }) => ({
              address: `${type}.${id}`,
              message: `${path} names an image by its tag, behind which it can change without a release`,
              fix: "Name it by digest: NAME@sha256:…",
            })),
        ),
      ),
  },
  {
    id: "role-contributor-narrow",
    why: "With it one changes and deletes everything there is.",
    refs: [],
    check: (stack) =>
      entries(stack, ASSIGNMENT)
        .filter(([, { role_definition_name, scope }]) => role_definition_name === "Contributor" && !isGroup(scope))
        .map(([id]) => ({
          address: `${ASSIGNMENT}.${id}`,
          message: "gives Contributor on more than the environment's resource group",
          fix: "Give it on the group, or a role for the purpose",
        })),
  },
];

function isGroup(scope: unknown): boolean {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$|^\$\{azurerm_resource_group\.[\w-]+\.id\}$/.test(
    String(scope),
  );
}

/** Who may do what. */
export const AZURE_ACCESS: readonly HardeningRule[] = [...ASSIGNMENTS, ...ROLES];
