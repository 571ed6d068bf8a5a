import { ephemeralPassword } from "../core/ephemeral-password";
import { SECONDS_PER_DAY } from "../core/time";
import { Construct } from "../framework";
import { SecretManagerSecret, SecretManagerSecretVersion, type SqlDatabaseInstance, SqlUser } from "./bindings";
import type { GcpEstate } from "./estate";

/** Raise it to have a new password made. */
const PASSWORD_VERSION = 1;
/** Days that a secret's version, once destroyed, can still be brought back. */
const DESTROY_DAYS = 7;

/** What the password belongs to. */
export interface GcpDatabasePasswordProps {
  readonly instance: SqlDatabaseInstance;
  /** Name of the user that is made with it. */
  readonly user: string;
  /** Role of the secret that holds it. */
  readonly role: string;
  /** Of the secret. */
  readonly deletionProtection: boolean;
}

/**
 * A user of a database server that logs in by a password: it is made up while deploying, written to the server and to
 * Secret Manager, and stands in no plan, state or log. Server and secret get the same one when both are written in one run,
 * at its end.
 */
export class GcpDatabasePassword extends Construct {
  /** The secret, for grants. */
  readonly secretId: string;

  constructor(scope: Construct, id: string, props: GcpDatabasePasswordProps, estate: GcpEstate) {
    super(scope, id);
    const { instance, user, role } = props;
    const password = ephemeralPassword(this, role.replaceAll("-", "_"));
    const secret = this.secret(props, estate);
    new SecretManagerSecretVersion(this, "Version", {
      secret: secret.id,
      secretDataWo: password,
      secretDataWoVersion: PASSWORD_VERSION,
      deletionPolicy: "DISABLE",
      // Not minutes before the server has it.
      dependsOn: [instance],
    });
    new SqlUser(this, "User", {
      name: user,
      instance: instance.name,
      passwordWo: password,
      passwordWoVersion: PASSWORD_VERSION,
      deletionPolicy: "ABANDON",
    });
    this.secretId = secret.id;
  }

  private secret({ role, deletionProtection }: GcpDatabasePasswordProps, estate: GcpEstate): SecretManagerSecret {
    const key = estate.key("secrets");
    return new SecretManagerSecret(this, "Secret", {
      secretId: estate.name("secret", role),
      labels: estate.labels(this),
      deletionProtection,
      versionDestroyTtl: `${DESTROY_DAYS * SECONDS_PER_DAY}s`,
      replication: {
        userManaged: {
          replicas: [
            {
              location: estate.settings.region,
              ...(key ? { customerManagedEncryption: { kmsKeyName: key } } : {}),
            },
          ],
        },
      },
    });
  }
}
