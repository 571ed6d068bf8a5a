import {
  DATABASES,
  type DatabaseName,
  type IMetadataDatabase,
  type MetadataDatabaseProps,
} from "../contracts/metadata-database";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { ProjectIamMember, SqlDatabase, SqlUser } from "./bindings";
import { GcpDatabaseAccess } from "./database-access";
import { GcpDatabaseSetup } from "./database-setup";
import { DATABASE_OWNERS, DATABASE_ROLES, onlyDatabaseServer, userOf } from "./database-users";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";
import { GcpPipelineStore } from "./pipeline-store";
import { POSTGRES_FLAGS } from "./sql-flags";
import { sqlServer } from "./sql-server";

/** The newest major version, https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/SqlDatabaseVersion. */
const VERSION = "POSTGRES_18";

/**
 * Cloud SQL for PostgreSQL: reached inside the network only, by the Auth Proxy or a connector only, logged into with IAM
 * identities. What an identity may do inside the databases is given by a job, see {@link GcpDatabaseAccess}.
 */
export class GcpMetadataDatabase extends Construct implements IMetadataDatabase {
  readonly host: string;
  readonly port = 5432;
  /** Identities log in without a password. */
  readonly passwordReference = null;
  readonly pipelineStoreUri: string | null;
  readonly grants: { connect(to: IWorkloadIdentity): void };

  constructor(
    scope: Construct,
    id: string,
    props: MetadataDatabaseProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { deletionProtection = true, pipelineStore = false } = props;
    const kind = {
      name: estate.databaseInstance,
      version: VERSION,
      flags: POSTGRES_FLAGS,
      logs: { pointInTimeRecoveryEnabled: true },
    } as const;
    const instance = sqlServer(this, kind, props, estate);
    for (const name of DATABASES) {
      new SqlDatabase(this, name, { name, instance: instance.name, deletionPolicy: "ABANDON" });
    }
    new GcpDatabaseSetup(this, "Setup", { instance, deletionProtection }, estate);
    this.host = handOver(this, {
      key: "databaseHost",
      value: instance.privateIpAddress,
      example: "10.20.64.3",
      description: "Private address of the metadata database",
    });
    this.pipelineStoreUri = pipelineStore ? new GcpPipelineStore(this, "PipelineStore", props, estate).uri : null;
    this.grants = { connect: (to) => this.connect(to) };
  }

  /** The user is the service account of the workload that owns the database. */
  uri(database: DatabaseName): string {
    const user = encodeURIComponent(this.estate.databaseUser(DATABASE_OWNERS[database]));
    return `postgresql://${user}@${this.host}:${this.port}/${database}`;
  }

  private connect(to: IWorkloadIdentity): void {
    const { estate } = this;
    grantOnce(this, to, "connect", (scope, id) => {
      const bound = Object.entries(DATABASE_ROLES).map(
        ([what, role]) =>
          new ProjectIamMember(scope, `${id}-${what}`, {
            project: estate.settings.project,
            role,
            member: to.principal,
            condition: onlyDatabaseServer(estate),
          }),
      );
      new SqlUser(scope, id, {
        name: userOf(to.principal),
        instance: estate.databaseInstance,
        type: "CLOUD_IAM_SERVICE_ACCOUNT",
        // A user that owns tables cannot be deleted; without its account nobody can log in as it.
        deletionPolicy: "ABANDON",
        // These wait for the account.
        dependsOn: bound,
      });
    });
    GcpDatabaseAccess.of(to, estate)?.add(to.principal);
  }
}
