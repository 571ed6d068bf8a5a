/** Who is who in the metadata database, and which rights of the cloud lead to it. */
import type { DatabaseName } from "../contracts/metadata-database";
import type { GcpEstate } from "./estate";
import { mailOf } from "./identity-roles";

/** Roles to connect and to log in, https://cloud.google.com/sql/docs/postgres/iam-roles. Bound to the project, limited to one server. */
export const DATABASE_ROLES = { client: "roles/cloudsql.client", login: "roles/cloudsql.instanceUser" } as const;

/** Workload whose user stands in a database's address. */
export const DATABASE_OWNERS = { mlflow: "tracking", ledger: "trigger" } as const satisfies Record<
  DatabaseName,
  string
>;

/**
 * Limits a role that is bound to the project to the one server: https://cloud.google.com/sql/docs/postgres/iam-conditions.
 * That page shows it for connecting; for logging in others are seen to use it, and Google does not say.
 */
export function onlyDatabaseServer({ settings, databaseInstance }: GcpEstate) {
  const name = `projects/${settings.project}/instances/${databaseInstance}`;
  return {
    title: `only ${databaseInstance}`,
    description: "The metadata database of this environment",
    expression: `resource.name == "${name}" && resource.service == "sqladmin.googleapis.com"`,
  };
}

/** The database's user of a member of access rules: https://cloud.google.com/sql/docs/postgres/iam-logins. */
export function userOf(principal: string): string {
  return mailOf({ principal }).replace(/\.gserviceaccount\.com$/, "");
}

/** The database that a user works in: the tracking server in its own, everybody else keeps records in the ledger. */
export function databaseOf(user: string, estate: GcpEstate): DatabaseName {
  return user === estate.databaseUser(DATABASE_OWNERS.mlflow) ? "mlflow" : "ledger";
}
