import type { MetadataDatabaseProps } from "../contracts/metadata-database";
import { Construct } from "../framework";
import { MysqlFlexibleDatabase, MysqlFlexibleServer, MysqlFlexibleServerConfiguration } from "./bindings";
import { AzureDatabasePassword } from "./database-password";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { MYSQL_PARAMETERS } from "./parts/database-parameters";
import { copiedElsewhere, databaseKey, MAINTENANCE, zones } from "./postgres-server";
import { protect } from "./protection";

/**
 * The 8.0 line. Its users log in by `mysql_native_password`, Azure's default there
 * (https://learn.microsoft.com/en-us/azure/mysql/flexible-server/how-to-azure-ad); ML Metadata, a part of Kubeflow Pipelines,
 * cannot do the newer `caching_sha2_password` (https://github.com/google/ml-metadata/issues/178), which 8.4 begins with.
 */
const VERSION = "8.0.21";
const PORT = 3306;
/** Role of the server, and of the secret that holds its user's password. */
const ROLE = "pipeline-store";
/** Pipelines and runs; ML Metadata; the cache of steps: https://github.com/kubeflow/pipelines/blob/master/manifests/kustomize/base/installs/generic/pipeline-install-config.yaml. */
const DATABASES = ["mlpipeline", "metadb", "cachedb"] as const;
/** The server's administrator, the only user that can be made without logging in. */
const USER = "kubeflow";

/**
 * Azure Database for MySQL beside the metadata database: what Kubeflow Pipelines keeps of its own. Its parts log in by a
 * password, over TLS only: there is no proxy that would do it for them, so each gets the authority's certificate (ML Metadata
 * takes it as `sslca`, https://github.com/google/ml-metadata/issues/130).
 */
export class AzurePipelineStore extends Construct {
  /** Without the password. */
  readonly uri: string;

  constructor(scope: Construct, id: string, props: MetadataDatabaseProps, estate: AzureEstate) {
    super(scope, id);
    const { deletionProtection = true } = props;
    const name = estate.name("mysqlServer", ROLE);
    const server = this.server(name, props, estate);
    const { resourceGroup: resourceGroupName } = estate;
    for (const database of DATABASES) {
      new MysqlFlexibleDatabase(this, database, {
        name: database,
        resourceGroupName,
        serverName: server.name,
        charset: "utf8mb4",
        collation: "utf8mb4_0900_ai_ci",
        ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
      });
    }
    for (const [parameter, value] of Object.entries(MYSQL_PARAMETERS)) {
      new MysqlFlexibleServerConfiguration(this, parameter, {
        name: parameter,
        resourceGroupName,
        serverName: server.name,
        value,
      });
    }
    protect(this, { id: server.id, deletionProtection }, estate);
    sendLogs(this, "Logs", { of: server.id, logs: ["MySqlAuditLogs"] }, estate);
    this.uri = `mysql://${USER}@${name}.mysql.database.azure.com:${PORT}/${DATABASES[0]}`;
  }

  private server(name: string, props: MetadataDatabaseProps, estate: AzureEstate): MysqlFlexibleServer {
    const { storageGiB = 20, backupRetentionDays = 7, deletionProtection = true } = props;
    const { production } = estate.settings;
    const { password, version } = new AzureDatabasePassword(this, "Password", ROLE, estate);
    return new MysqlFlexibleServer(this, "Server", {
      name,
      ...estate.placed(this),
      version: VERSION,
      skuName: estate.machine(props.class, "mysql").type,
      administratorLogin: USER,
      administratorPasswordWo: password,
      administratorPasswordWoVersion: version,
      delegatedSubnetId: estate.subnet("pipelineStore"),
      privateDnsZoneId: estate.privateZone("mysql"),
      backupRetentionDays,
      geoRedundantBackupEnabled: copiedElsewhere(estate),
      storage: { sizeGb: storageGiB, autoGrowEnabled: true, ioScalingEnabled: true },
      ...zones(props, estate),
      ...databaseKey(estate),
      ...(production ? { maintenanceWindow: MAINTENANCE } : {}),
      lifecycle: {
        ignoreChanges: ["storage[0].size_gb", "zone", "high_availability[0].standby_availability_zone"],
        ...(deletionProtection ? { preventDestroy: true } : {}),
      },
    });
  }
}
