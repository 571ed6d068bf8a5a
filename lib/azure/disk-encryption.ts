import type { Construct } from "../framework";
import { DiskEncryptionSet } from "./bindings";
import type { AzureEstate } from "./estate";

/**
 * What encrypts machines' disks with the environment's own key; undefined where Azure's own does. It demands a version of the
 * key, which comes from the layer that made the key: a rotated one is taken over with the next deployment.
 * @param role of the set, in its name
 */
export function diskEncryption(scope: Construct, role: string, estate: AzureEstate): DiskEncryptionSet | undefined {
  if (!estate.settings.ownKeys) return undefined;
  return new DiskEncryptionSet(scope, "Disks", {
    name: estate.name("diskEncryptionSet", role),
    ...estate.placed(scope),
    encryptionType: "EncryptionAtRestWithCustomerKey",
    keyVaultKeyId: estate.shared("clusterKey"),
    autoKeyRotationEnabled: false,
    identity: { type: "UserAssigned", identityIds: [estate.identity("encryption")] },
  });
}
