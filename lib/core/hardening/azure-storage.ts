import { blocks, type HardeningRule, type Resource, type StackRule } from "../hardening";
import type { StackJson } from "../protected";
import { resourceId, vaultKey } from "./azure-demands";
import { entries, idOf } from "./azure-stack";
import { filled, includes, is, number, oneOf, text } from "./demands";

const ACCOUNT = "azurerm_storage_account";
const CONTAINER = "azurerm_storage_container";
const POLICY = "azurerm_storage_management_policy";
const KEPT = "azurerm_storage_container_immutability_policy";

/** Storage accounts: who gets in. Numbers of the CIS benchmark for Azure are those of version 3.0.0. */
const ENTRY: readonly HardeningRule[] = [
  {
    id: "storage-https",
    type: ACCOUNT,
    path: "https_traffic_only_enabled",
    demand: is(true),
    why: "Data and tokens could be read on the way.",
    refs: ["CKV_AZURE_3", "CIS Azure 4.1"],
  },
  {
    id: "storage-tls",
    type: ACCOUNT,
    path: "min_tls_version",
    demand: oneOf("TLS1_2", "TLS1_3"),
    why: "Older versions can be broken.",
    refs: ["CKV_AZURE_44", "CIS Azure 4.15"],
  },
  {
    id: "storage-private",
    type: ACCOUNT,
    path: "public_network_access_enabled",
    demand: is(false),
    why: "A stolen token could be used from everywhere.",
    refs: ["CKV_AZURE_59", "CKV2_AZURE_33", "CIS Azure 4.6", "CIS Azure 4.9"],
  },
  {
    id: "storage-no-anonymous",
    type: ACCOUNT,
    path: "allow_nested_items_to_be_public",
    demand: is(false),
    why: "One wrong container would publish the data; the provider's default allows it.",
    refs: ["CKV_AZURE_190", "CKV2_AZURE_47", "CIS Azure 4.17"],
  },
  {
    id: "storage-no-keys",
    type: ACCOUNT,
    path: "shared_access_key_enabled",
    demand: is(false),
    why: "A key opens everything, for ever, and says nobody's name.",
    refs: ["CKV2_AZURE_40", "CIS Azure 4.4"],
  },
  {
    id: "storage-no-local-users",
    type: ACCOUNT,
    path: "local_user_enabled",
    demand: is(false),
    why: "Users of the account itself are in no directory.",
    refs: ["CKV_AZURE_244"],
  },
  {
    id: "storage-entra",
    type: ACCOUNT,
    path: "default_to_oauth_authentication",
    demand: is(true),
    why: "The portal would ask for a key, and people would want one.",
    refs: [],
  },
  {
    id: "storage-no-other-tenants",
    type: ACCOUNT,
    path: "cross_tenant_replication_enabled",
    demand: is(false),
    why: "The data could be copied to somebody else's tenant, piece by piece.",
    refs: ["CIS Azure 4.16"],
  },
  {
    id: "storage-copy-scope",
    type: ACCOUNT,
    path: "allowed_copy_scope",
    demand: oneOf("AAD", "PrivateLink"),
    why: "The data could be copied from or to an account of another tenant.",
    refs: [],
  },
  {
    id: "storage-firewall",
    type: ACCOUNT,
    path: "network_rules.default_action",
    demand: is("Deny"),
    why: "The network's door would open with one switch.",
    refs: ["CKV_AZURE_35", "CIS Azure 4.7"],
  },
  {
    id: "storage-azure-services",
    type: ACCOUNT,
    path: "network_rules.bypass",
    demand: includes("AzureServices"),
    why: "Azure's own services that have a right could not write, and logs would be lost.",
    refs: ["CKV_AZURE_36", "CIS Azure 4.8"],
  },
  {
    id: "storage-sas-expires",
    type: ACCOUNT,
    path: "sas_policy.expiration_period",
    demand: text(/^0[01]\.\d\d:\d\d:\d\d$/, "a day at most, written like 01.00:00:00", "90.00:00:00", ""),
    why: "Signed addresses that Azure's services make could be valid for years.",
    refs: ["CKV2_AZURE_41", "CIS Azure 4.5"],
  },
  {
    id: "storage-sas-noted",
    type: ACCOUNT,
    path: "sas_policy.expiration_action",
    demand: oneOf("Log", "Block"),
    why: "Nobody would know of a signed address that is valid for too long.",
    refs: ["CKV2_AZURE_41"],
  },
];

/** Storage accounts: what becomes of the data. */
const DATA: readonly HardeningRule[] = [
  {
    id: "storage-key",
    type: ACCOUNT,
    path: "customer_managed_key.key_vault_key_id",
    demand: vaultKey,
    only: "ownKeys",
    why: "The data could not be made unreadable by taking its key away.",
    refs: ["CKV2_AZURE_1", "CIS Azure 4.11"],
  },
  {
    id: "storage-twice-encrypted",
    type: ACCOUNT,
    path: "infrastructure_encryption_enabled",
    demand: is(true),
    why: "It cannot be switched on later.",
    refs: ["CIS Azure 4.2"],
  },
  {
    id: "storage-queues-key",
    type: ACCOUNT,
    path: "queue_encryption_key_type",
    demand: is("Account"),
    why: "Queues would be under Azure's key whatever the account's is, and that cannot be changed later.",
    refs: [],
  },
  {
    id: "storage-tables-key",
    type: ACCOUNT,
    path: "table_encryption_key_type",
    demand: is("Account"),
    why: "Tables would be under Azure's key whatever the account's is, and that cannot be changed later.",
    refs: [],
  },
  {
    id: "storage-copies",
    type: ACCOUNT,
    path: "account_replication_type",
    demand: oneOf("ZRS", "GRS", "GZRS", "RAGRS", "RAGZRS"),
    only: "production",
    why: "The loss of one building would be the loss of the data.",
    refs: ["CKV_AZURE_206"],
  },
  {
    id: "storage-soft-delete",
    type: ACCOUNT,
    path: "blob_properties.delete_retention_policy.days",
    demand: number(7, 365),
    why: "A deleted blob could not be had back.",
    refs: ["CKV2_AZURE_38", "CIS Azure 4.10"],
  },
  {
    id: "storage-container-soft-delete",
    type: ACCOUNT,
    path: "blob_properties.container_delete_retention_policy.days",
    demand: number(7, 365),
    why: "A deleted container could not be had back.",
    refs: ["CKV2_AZURE_38", "CIS Azure 4.10"],
  },
  {
    id: "container-private",
    type: CONTAINER,
    path: "container_access_type",
    demand: is("private"),
    why: "Anybody could read the blobs, or list them too.",
    refs: ["CKV_AZURE_34"],
  },
  {
    id: "container-by-management",
    type: CONTAINER,
    path: "storage_account_id",
    demand: filled("the id of the account"),
    why: "Named by the account's name, it would be made over the network that the account is closed to.",
    refs: [],
  },
  {
    id: "storage-lifecycle-of-something",
    type: POLICY,
    path: "storage_account_id",
    demand: resourceId,
    why: "Nothing would be removed.",
    refs: [],
  },
  {
    id: "storage-lifecycle-works",
    type: POLICY,
    path: "rule.enabled",
    demand: is(true),
    why: "A rule that is off removes nothing.",
    refs: [],
  },
  {
    id: "archive-locked",
    type: KEPT,
    path: "locked",
    demand: is(true),
    only: "production",
    why: "Whoever breaks in would delete the traces.",
    refs: [],
    setting: "monitoring.archive.locked: true",
  },
  {
    id: "archive-days",
    type: KEPT,
    path: "immutability_period_in_days",
    demand: number(30, 146_000),
    why: "An incident is often found weeks later.",
    refs: [],
  },
  {
    id: "archive-appends",
    type: KEPT,
    path: "protected_append_writes_enabled",
    demand: is(true),
    why: "Azure appends the lines of an hour to one blob: only the first would be kept.",
    refs: [],
  },
];

/** What stacks with storage hold. */
export const AZURE_STORAGE_STACKS: readonly StackRule[] = [
  {
    id: "storage-versioning",
    only: "production",
    why: "What is overwritten or deleted by mistake could not be had back.",
    refs: [],
    check: (stack) =>
      entries(stack, ACCOUNT)
        // A lake has no versions, and what cannot be changed needs none.
        .filter(([id, { is_hns_enabled }]) => is_hns_enabled !== true && !cannotBeChanged(stack, id))
        .filter(([, account]) => !hasVersions(account))
        .map(([id]) => ({
          address: `${ACCOUNT}.${id}`,
          message: "keeps no versions: what is overwritten or deleted by mistake could not be had back",
          fix: "Set blob_properties.versioning_enabled to true",
        })),
  },
  {
    id: "storage-old-versions",
    why: "Every version ever written would be kept and paid for.",
    refs: [],
    check: (stack) =>
      entries(stack, ACCOUNT)
        .filter(([, account]) => hasVersions(account))
        .filter(([id]) => !policiesOf(stack, id).some(endsVersions))
        .map(([id]) => ({
          address: `${ACCOUNT}.${id}`,
          message: "keeps versions, and no rule ends them: every one ever written would be kept and paid for",
          fix: `Add an ${POLICY} for it, with an action for versions`,
        })),
  },
];

function policiesOf(stack: StackJson, account: string): Resource[] {
  return entries(stack, POLICY)
    .filter(([, { storage_account_id }]) => storage_account_id === idOf(ACCOUNT, account))
    .map(([, policy]) => policy);
}

function hasVersions({ blob_properties }: Resource): boolean {
  return blocks(blob_properties).some(({ versioning_enabled }) => versioning_enabled === true);
}

/** Whether each of an account's containers refuses changes. */
function cannotBeChanged(stack: StackJson, account: string): boolean {
  const containers = entries(stack, CONTAINER).filter(([, body]) => body.storage_account_id === idOf(ACCOUNT, account));
  const kept = entries(stack, KEPT).map(([, body]) => body.storage_container_resource_manager_id);
  return containers.length > 0 && containers.every(([id]) => kept.includes(idOf(CONTAINER, id)));
}

function endsVersions({ rule }: Resource): boolean {
  return blocks(rule).some(({ actions }) =>
    blocks(actions).some(({ version }) => blocks(version).some((end) => Object.keys(end).length > 0)),
  );
}

/** Storage accounts, their containers, and what is kept in them. */
export const AZURE_STORAGE: readonly HardeningRule[] = [...ENTRY, ...DATA];
