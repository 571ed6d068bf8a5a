import { asMap, blocks, type HardeningRule, type Resource } from "../hardening";
import { is, number, oneOf, someBlock, text } from "./demands";

const VAULT = "azurerm_key_vault";

const VAULTS: readonly HardeningRule[] = [
  {
    id: "vault-no-purge",
    type: VAULT,
    path: "purge_protection_enabled",
    demand: is(true),
    why: "Whoever breaks in could take the keys away for good, and with them all that they encrypt.",
    refs: ["CKV_AZURE_110", "CKV_AZURE_42", "CIS Azure 3.3.5"],
  },
  {
    id: "vault-soft-delete",
    type: VAULT,
    path: "soft_delete_retention_days",
    demand: number(90, 90),
    why: "A deleted key has to be missed before it is gone, and the days cannot be changed later.",
    refs: ["CKV_AZURE_111", "CKV_AZURE_42", "CIS Azure 3.3.5"],
  },
  {
    id: "vault-rights",
    type: VAULT,
    path: "rbac_authorization_enabled",
    demand: is(true),
    why: "Access policies give rights on all keys or none, and are seen by no review.",
    refs: ["CIS Azure 3.3.6"],
  },
  {
    id: "vault-private",
    type: VAULT,
    path: "public_network_access_enabled",
    demand: is(false),
    why: "A stolen token could be used from everywhere.",
    refs: ["CKV_AZURE_189", "CKV2_AZURE_32", "CIS Azure 3.3.7"],
  },
  {
    id: "vault-firewall",
    type: VAULT,
    path: "network_acls.default_action",
    demand: is("Deny"),
    why: "The network's door would open with one switch.",
    refs: ["CKV_AZURE_109"],
  },
  {
    id: "vault-hardware",
    type: VAULT,
    path: "sku_name",
    demand: is("premium"),
    only: "ownKeys",
    why: "Keys would be kept by software.",
    refs: ["CKV_AZURE_112"],
  },
  {
    id: "vault-not-for-machines",
    type: VAULT,
    path: "enabled_for_deployment",
    demand: is(false),
    why: "Machines could fetch certificates past the roles.",
    refs: [],
  },
  {
    id: "vault-not-for-disks",
    type: VAULT,
    path: "enabled_for_disk_encryption",
    demand: is(false),
    why: "Disks could be unlocked past the roles.",
    refs: [],
  },
  {
    id: "vault-not-for-templates",
    type: VAULT,
    path: "enabled_for_template_deployment",
    demand: is(false),
    why: "Whoever deploys a template could read secrets past the roles.",
    refs: [],
  },
];

/** Keys are made through Azure's management: the vault is closed to the network that Terraform runs in. */
const KEY = "azapi_resource_action";
const ENCRYPTING: ReadonlySet<string> = new Set(["wrapKey", "unwrapKey", "encrypt", "decrypt"]);
const DAYS = /^P(\d+)D$/;

const KEYS: readonly HardeningRule[] = [
  {
    id: "vault-key-hardware",
    type: KEY,
    path: "body.properties.kty",
    demand: oneOf("RSA-HSM", "EC-HSM"),
    where: isKey,
    why: "The key would be kept by software.",
    refs: ["CKV_AZURE_112"],
  },
  {
    id: "vault-key-size",
    type: KEY,
    path: "body.properties.keySize",
    demand: number(3072, 4096),
    where: isKey,
    why: "Shorter ones are not held for safe beyond 2030.",
    refs: [],
  },
  {
    id: "vault-key-uses",
    type: KEY,
    path: "body.properties.keyOps",
    demand: {
      wanted: "only what encrypts",
      holds: (value) => Array.isArray(value) && value.length > 0 && value.every((use) => ENCRYPTING.has(String(use))),
      wrong: () => [[], ["wrapKey", "unwrapKey", "sign"]],
    },
    where: isKey,
    why: "A key that encrypts must not prove anybody's name, and must not be given to others.",
    refs: [],
  },
  {
    id: "vault-key-rotation",
    type: KEY,
    path: "body.properties.rotationPolicy.lifetimeActions[]",
    demand: someBlock("an action that rotates it after 90 days at most", rotates),
    where: isKey,
    why: "Whoever once had the key could read what is written for ever.",
    refs: ["CIS Azure 3.3.8"],
  },
  {
    id: "vault-key-expires",
    type: KEY,
    path: "body.properties.rotationPolicy.attributes.expiryTime",
    demand: text(DAYS, "days, written like P365D", "", "365"),
    where: isKey,
    why: "Old versions would be good for ever.",
    refs: ["CKV_AZURE_40", "CIS Azure 3.3.1"],
  },
];

const SECRET = "azapi_resource_action";

/** The only secrets that a deployment writes are passwords that it makes, keeps nowhere and forgets. */
const SECRETS: readonly HardeningRule[] = [
  {
    id: "vault-secret-kept-nowhere",
    type: SECRET,
    path: "sensitive_body.properties.value",
    demand: text(/^\$\{ephemeral\./, "an ephemeral value", "", "${random_password.it.result}"),
    where: isSecret,
    why: "It would stand in the plan and in the state.",
    refs: [],
  },
  {
    id: "vault-secret-not-in-body",
    type: SECRET,
    path: "body?.properties?.value",
    demand: { wanted: "nothing", optional: true, holds: (value) => value === undefined, wrong: () => ["${var.it}"] },
    where: isSecret,
    why: "It would stand in the plan and in the state.",
    refs: [],
  },
  {
    id: "vault-secret-content-type",
    type: SECRET,
    path: "body.properties.contentType",
    demand: text(/./, "what it is", ""),
    where: isSecret,
    why: "Nobody would know what it is for, and so whether it may go.",
    refs: ["CKV_AZURE_114"],
  },
];

function isKey({ type }: Resource): boolean {
  return /^Microsoft\.KeyVault\/vaults\/keys@/.test(String(type));
}

function isSecret({ type }: Resource): boolean {
  return /^Microsoft\.KeyVault\/vaults\/secrets@/.test(String(type));
}

function rotates({ action, trigger }: Resource): boolean {
  if (!blocks(action).some(({ type }) => type === "rotate")) return false;
  const [, days] = DAYS.exec(String(asMap(trigger).timeAfterCreate)) ?? [];
  return days !== undefined && Number(days) <= 90;
}

/** Vaults, keys and secrets. */
export const AZURE_KEYS: readonly HardeningRule[] = [...VAULTS, ...KEYS, ...SECRETS];
