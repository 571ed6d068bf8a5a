import type { DatabaseName, IMetadataDatabase, MetadataDatabaseProps } from "../contracts/metadata-database";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import { Construct } from "../framework";
import { PostgresqlFlexibleServerDatabase } from "./bindings";
import { AzureDatabaseAccess } from "./database-access";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { AzurePipelineStore } from "./pipeline-store";
import { postgresServer, setParameters } from "./postgres-server";
import { protect } from "./protection";

/** What the server is there for; Azure ML keeps runs and models itself. */
const DATABASE: DatabaseName = "ledger";
/** Workload whose user stands in the database's address. */
const OWNER = "trigger";

/**
 * Azure Database for PostgreSQL: a server in a subnet of its own, logged into with identities of Entra. What an identity may do
 * inside the database is given by a job, see {@link AzureDatabaseAccess}.
 */
export class AzureMetadataDatabase extends Construct implements IMetadataDatabase {
  /** Its name, which the network resolves to a private address. */
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
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { deletionProtection = true, pipelineStore = false } = props;
    const server = postgresServer(this, props, estate);
    setParameters(this, server);
    new PostgresqlFlexibleServerDatabase(this, DATABASE, {
      name: DATABASE,
      serverId: server.id,
      charset: "UTF8",
      collation: "en_US.utf8",
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    protect(this, { id: server.id, deletionProtection }, estate);
    sendLogs(this, "Logs", { of: server.id, logs: ["PostgreSQLLogs"] }, estate);
    this.host = estate.databaseHost;
    this.pipelineStoreUri = pipelineStore ? new AzurePipelineStore(this, "PipelineStore", props, estate).uri : null;
    this.grants = { connect: (to) => this.connect(to) };
  }

  /** The user is the identity of the workload that owns the database. */
  uri(database: DatabaseName): string | null {
    if (database !== DATABASE) return null;
    return `postgresql://${this.estate.identityName(OWNER)}@${this.host}:${this.port}/${database}`;
  }

  /** Nothing of Azure's own rights leads into a database: the server's own do, and the job gives those. */
  private connect(to: IWorkloadIdentity): void {
    checkGrant(this, to);
    AzureDatabaseAccess.of(to, this.estate)?.add(to, DATABASE);
  }
}
