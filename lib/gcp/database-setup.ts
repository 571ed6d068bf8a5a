import type { Construct } from "../framework";
import { ProjectIamMember, SecretManagerSecretIamMember, ServiceAccount } from "./bindings";
import { GcpDatabasePassword, type GcpDatabasePasswordProps } from "./database-password";
import { DATABASE_ROLES, onlyDatabaseServer } from "./database-users";
import type { GcpEstate } from "./estate";

/** Name of the one user of the metadata database that has a password. */
export const SETUP_USER = "setup";
/** Role of its secret, and of the account that reads it. */
export const SETUP_ROLE = "database-setup";

/** Role on one secret, https://cloud.google.com/secret-manager/docs/access-control. */
const READ_SECRET = "roles/secretmanager.secretAccessor";

/**
 * The user that gives others their rights in the metadata database, which an IAM user cannot, and beside it the account
 * that may read its password. Should a run be cut before both server and secret have the password, the job says so, with
 * the two commands that set it anew.
 */
export class GcpDatabaseSetup extends GcpDatabasePassword {
  constructor(
    scope: Construct,
    id: string,
    props: Pick<GcpDatabasePasswordProps, "instance" | "deletionProtection">,
    estate: GcpEstate,
  ) {
    super(scope, id, { ...props, user: SETUP_USER, role: SETUP_ROLE }, estate);
    const account = new ServiceAccount(this, "Account", {
      accountId: estate.name("serviceAccount", SETUP_ROLE),
      displayName: "Gives identities their rights in the metadata database",
    });
    new SecretManagerSecretIamMember(this, "ReadsPassword", {
      secretId: this.secretId,
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
