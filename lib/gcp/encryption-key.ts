import type { EncryptionKeyProps, IEncryptionKey } from "../contracts/encryption-key";
import { UserError } from "../core/errors";
import { LayerStack } from "../core/layer-stack";
import { awaitedByName } from "../core/ordering";
import { SECONDS_PER_DAY } from "../core/time";
import { Construct } from "../framework";
import { KmsCryptoKey, KmsCryptoKeyIamMember, KmsKeyRing } from "./bindings";
import type { GcpEstate } from "./estate";
import { keyUsers } from "./parts/service-agents";
import { GcpProjectServices } from "./project-services";

/** The longest rotation that is taken for one (CIS Google Cloud 1.10). */
const MAX_ROTATION_DAYS = 90;
/**
 * How long a version that is to be destroyed can be brought back: Google's default, and the same everywhere, because the
 * value cannot be changed afterwards.
 */
const RESTORABLE_DAYS = 30;
/** The right to use a key, without the right to look after it. */
const USER_ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

/**
 * A key of the environment, and the rights of the services that use it. Rings and keys cannot be deleted
 * (https://cloud.google.com/kms/docs/resource-hierarchy): destroying a key forgets it and schedules its versions for
 * destruction, with which everything encrypted by it is lost after 30 days. So production refuses that; elsewhere a
 * destroyed environment leaves an empty ring behind: to make it again, give clouds.gcp.keyRing another name.
 */
export class GcpEncryptionKey extends Construct implements IEncryptionKey {
  readonly reference: string;

  constructor(scope: Construct, id: string, { use, rotationDays = 90 }: EncryptionKeyProps, estate: GcpEstate) {
    super(scope, id);
    const { projectNumber, features } = estate.settings;
    this.reference = `${estate.keyRing}/cryptoKeys/${estate.name("key", use)}`;
    const key = new KmsCryptoKey(this, "Key", {
      name: estate.name("key", use),
      keyRing: ringOf(this, estate).id,
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: `${this.rotation(rotationDays) * SECONDS_PER_DAY}s`,
      destroyScheduledDuration: `${RESTORABLE_DAYS * SECONDS_PER_DAY}s`,
      // Hardware in production: about a dollar a version and month, for keys that nobody can copy.
      versionTemplate: {
        algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION",
        protectionLevel: estate.settings.production ? "HSM" : "SOFTWARE",
      },
      labels: estate.labels(this),
      // A key's protection level cannot be changed: an environment that becomes production keeps the keys of its data.
      lifecycle: { preventDestroy: estate.settings.production, ignoreChanges: ["version_template"] },
    });
    const grants = keyUsers(use, projectNumber, features).map(
      ({ name, email, service }) =>
        new KmsCryptoKeyIamMember(this, `User-${name}`, {
          cryptoKeyId: key.id,
          role: USER_ROLE,
          member: `serviceAccount:${email}`,
          dependsOn: GcpProjectServices.enabling(this, service),
        }),
    );
    awaitedByName(this, this.reference, [key, ...grants]);
  }

  private rotation(days: number): number {
    if (Number.isInteger(days) && days >= 1 && days <= MAX_ROTATION_DAYS) return days;
    throw new UserError({
      where: this.node.path,
      message: `rotationDays is ${days}, wanted are whole days from 1 to ${MAX_ROTATION_DAYS}`,
      fix: "Set encryption.rotationDays, or leave it out for 90",
    });
  }
}

/** The ring of the layer's keys, made at the first call. */
function ringOf(scope: Construct, estate: GcpEstate): KmsKeyRing {
  const stack = LayerStack.ofLayer(scope);
  const known = stack.node.tryFindChild("KeyRing");
  if (known instanceof KmsKeyRing) return known;
  const { project, region, production } = estate.settings;
  return new KmsKeyRing(stack, "KeyRing", {
    project,
    location: region,
    name: estate.name("keyRing", estate.settings.keyRing),
    dependsOn: GcpProjectServices.enabling(scope, "cloudkms.googleapis.com"),
    lifecycle: { preventDestroy: production },
  });
}
