import type { EncryptionKeyProps, IEncryptionKey, KeyUse } from "../contracts/encryption-key";
import { UserError } from "../core/errors";
import { awaitedByName } from "../core/ordering";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { AzapiAction } from "./azapi";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";

/** The version whose answer was looked at. */
const API = "2024-11-01";
/** Wraps and unwraps with a key, and reads of it what is public; the right to look after it is not in it. */
const USER_ROLE = "Key Vault Crypto Service Encryption User";
/**
 * The shortest rotation Azure takes, https://learn.microsoft.com/en-us/azure/key-vault/keys/how-to-configure-key-rotation,
 * and the longest that is taken for one (CIS Microsoft Azure Foundations).
 */
const ROTATION_DAYS = { min: 7, max: 90 } as const;
/** Days that a rotated version is valid: long enough for every service to have taken a newer one three times. */
const VALID_DAYS = 365;
/** Days before the end of a version that Azure tells of it, when it was not rotated. */
const NOTICE_DAYS = 30;
/** All services here take it, and it is good beyond 2030. */
const KEY_SIZE = 3072;

/** What may be done with a key. */
type KeyOperation = "wrapKey" | "unwrapKey" | "encrypt" | "decrypt";

/** Services wrap keys of their own. The cluster's secrets are encrypted with the key itself, https://learn.microsoft.com/en-us/azure/aks/use-kms-etcd-encryption. */
const WRAPS: readonly KeyOperation[] = ["wrapKey", "unwrapKey"];
const OPERATIONS: Readonly<Partial<Record<KeyUse, readonly KeyOperation[]>>> = {
  cluster: [...WRAPS, "encrypt", "decrypt"],
};

/** A key in the words of Azure's API. */
interface KeyBody {
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: {
    readonly kty: "RSA-HSM";
    readonly keySize: number;
    readonly keyOps: readonly KeyOperation[];
    readonly attributes: { readonly enabled: boolean };
    readonly rotationPolicy: {
      readonly attributes: { readonly expiryTime: string };
      readonly lifetimeActions: readonly {
        readonly trigger: { readonly timeAfterCreate: string } | { readonly timeBeforeExpiry: string };
        readonly action: { readonly type: "rotate" | "notify" };
      }[];
    };
  };
}

/**
 * A key of the environment in the vault's hardware, and the right of the identity `encryption` to use it.
 *
 * It is made through Azure's management, because the vault is closed to the network that Terraform runs in. There a key can
 * be made and read: neither changed nor deleted
 * (https://learn.microsoft.com/en-us/rest/api/keyvault/keyvault/keys/create-if-not-exist), so `rotationDays` counts when
 * the key is made; afterwards a person changes it with `az keyvault key rotation-policy update`. A destroyed environment
 * leaves its keys in the vault, and finds them again when it is made again. The first version has no end, those that the
 * rotation makes have one.
 *
 * The key `secrets` has no reader on Azure, where a vault encrypts what is in it with keys of its own. It is there all the
 * same, so that the list of keys is one on every cloud, and costs as much as any other.
 */
export class AzureEncryptionKey extends Construct implements IEncryptionKey {
  readonly reference: string;

  constructor(scope: Construct, id: string, { use, rotationDays = 90 }: EncryptionKeyProps, estate: AzureEstate) {
    super(scope, id);
    const [keyId, keyUri] = [estate.keyId(use), estate.keyUri(use)];
    if (keyId === undefined || keyUri === undefined) throw new Error("the environment has no keys of its own");
    this.reference = keyUri;
    const key = new AzapiAction<KeyBody>(
      this,
      "Key",
      {
        type: `Microsoft.KeyVault/vaults/keys@${API}`,
        of: keyId,
        body: keyBody(OPERATIONS[use] ?? WRAPS, this.rotation(rotationDays), estate.tags(this)),
        exports: [WITH_VERSION],
      },
      estate,
    );
    awaitedByName(this, keyId, [key]);
    const principal = estate.shared("encryptionPrincipal");
    assignRole(this, "User", { principal, role: USER_ROLE, scope: keyId });
    if (use !== "cluster") return;
    // The cluster takes one version and no other; a newer one is taken by a person, with the next deployment of it.
    const version = handOver(this, {
      key: "clusterKeyVersion",
      value: key.output(WITH_VERSION),
      example: `${keyUri}/00000000000040008000000000000001`,
      description: "Address of the cluster's key with the version that the cluster uses",
    });
    estate.share("clusterKey", version);
  }

  private rotation(days: number): number {
    const { min, max } = ROTATION_DAYS;
    if (Number.isInteger(days) && days >= min && days <= max) return days;
    throw new UserError({
      where: this.node.path,
      message: `rotationDays is ${days}, wanted are whole days from ${min} to ${max}: Azure rotates no earlier`,
      fix: "Set encryption.rotationDays, or leave it out for 90",
    });
  }
}

/** Path of the answer that holds the address of the newest version. */
const WITH_VERSION = "properties.keyUriWithVersion";

function keyBody(
  keyOps: readonly KeyOperation[],
  rotationDays: number,
  tags: Readonly<Record<string, string>>,
): KeyBody {
  return {
    tags,
    properties: {
      kty: "RSA-HSM",
      keySize: KEY_SIZE,
      keyOps,
      attributes: { enabled: true },
      rotationPolicy: {
        attributes: { expiryTime: `P${VALID_DAYS}D` },
        lifetimeActions: [
          { trigger: { timeAfterCreate: `P${rotationDays}D` }, action: { type: "rotate" } },
          { trigger: { timeBeforeExpiry: `P${NOTICE_DAYS}D` }, action: { type: "notify" } },
        ],
      },
    },
  };
}
