import { SECONDS_PER_DAY } from "../core/time";
import { Construct, TerraformStack } from "../framework";
import {
  ProjectIamMember,
  SecretManagerSecret,
  SecretManagerSecretIamMember,
  SecretManagerSecretVersion,
  ServiceAccount,
  type SqlDatabaseInstance,
  SqlUser,
} from "./bindings";
import { DATABASE_ROLES, onlyDatabaseServer } from "./database-users";
import type { GcpEstate } from "./estate";

/** Name of the one user of the database that has a password. */
export const SETUP_USER = "setup";
/** Role of its secret, and of the account that reads it. */
export const SETUP_ROLE = "database-setup";

/** Role on one secret, https://cloud.google.com/secret-manager/docs/access-control. */
const READ_SECRET = "roles/secretmanager.secretAccessor";

/** Raise it to have a new password made. */
const PASSWORD_VERSION = 1;
/** Name of the password in the stack's file. */
const PASSWORD = "database_setup";
/** Days that a secret's version, once destroyed, can still be brought back. */
const DESTROY_DAYS = 7;

/** Makes up passwords; its values are never kept: https://registry.terraform.io/providers/hashicorp/random/3.7.2/docs/ephemeral-resources/password. */
const RANDOM = { source: "hashicorp/random", version: "3.7.2" } as const;

/** What the password belongs to. */
export interface GcpDatabasePasswordProps {
  readonly instance: SqlDatabaseInstance;
  readonly deletionProtection: boolean;
}

/**
 * The user that gives others their rights in the database, which an IAM user cannot: its password is made up while
 * deploying, written to the server and to Secret Manager, and stands in no plan, state or log. Beside it the account
 * that may read it.
 *
 * Server and secret get the same password when both are written in one run, at its end. Should a run be cut between the
 * two, the job says so, with the two commands that set it anew.
 */
export class GcpDatabasePassword extends Construct {
  constructor(scope: Construct, id: string, props: GcpDatabasePasswordProps, estate: GcpEstate) {
    super(scope, id);
    const { instance } = props;
    const password = makeUp(this);
    const secret = this.secret(props.deletionProtection, estate);
    new SecretManagerSecretVersion(this, "Version", {
      secret: secret.id,
      secretDataWo: password,
      secretDataWoVersion: PASSWORD_VERSION,
      deletionPolicy: "DISABLE",
      // Not minutes before the server has it.
      dependsOn: [instance],
    });
    new SqlUser(this, "User", {
      name: SETUP_USER,
      instance: instance.name,
      passwordWo: password,
      passwordWoVersion: PASSWORD_VERSION,
      deletionPolicy: "ABANDON",
    });
    this.account(secret, estate);
  }

  private secret(deletionProtection: boolean, estate: GcpEstate): SecretManagerSecret {
    const key = estate.key("secrets");
    return new SecretManagerSecret(this, "Secret", {
      secretId: estate.name("secret", SETUP_ROLE),
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

  private account(secret: SecretManagerSecret, estate: GcpEstate): void {
    const account = new ServiceAccount(this, "Account", {
      accountId: estate.name("serviceAccount", SETUP_ROLE),
      displayName: "Gives identities their rights in the metadata database",
    });
    new SecretManagerSecretIamMember(this, "ReadsPassword", {
      secretId: secret.id,
      role: READ_SECRET,
      member: account.member,
    });
    new ProjectIamMember(this, "Connects", {
      project: estate.settings.project,
      role: DATABASE_ROLES.client,
      member: account.member,
      condition: onlyDatabaseServer(estate),
    });
  }
}

/** Has a password made up in each run that needs one. The engine has no class for that, so it is written as it is read. */
function makeUp(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  stack.addOverride("terraform.required_providers.random", RANDOM);
  stack.addOverride(`ephemeral.random_password.${PASSWORD}`, {
    length: 40,
    override_special: "-_.~",
    min_lower: 1,
    min_upper: 1,
    min_numeric: 1,
    min_special: 1,
  });
  return `\${ephemeral.random_password.${PASSWORD}.result}`;
}
