import type { MetadataDatabaseProps } from "../contracts/metadata-database";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { SqlDatabase } from "./bindings";
import { GcpDatabasePassword } from "./database-password";
import type { GcpEstate } from "./estate";
import { MYSQL_FLAGS } from "./sql-flags";
import { sqlServer } from "./sql-server";

/**
 * Not MYSQL_8_4: users made there get `caching_sha2_password`
 * (https://github.com/GoogleCloudPlatform/cloud-sql-proxy/issues/2317), which ML Metadata cannot do, and it greets every
 * client with that (https://bugs.mysql.com/bug.php?id=118447). On 8.0 a flag chooses.
 *
 * Support: extended, which costs extra, began on 2026-07-01 and ends on 2029-07-01
 * (https://cloud.google.com/sql/docs/mysql/db-versions). Until then ML Metadata has to have learned it, or be given up.
 */
const VERSION = "MYSQL_8_0";
const PORT = 3306;
/** Role of the server, and of the secret that holds its user's password. */
const ROLE = "pipeline-store";
/** Pipelines and runs; ML Metadata; the cache of steps: https://github.com/kubeflow/pipelines/blob/master/manifests/kustomize/base/installs/generic/pipeline-install-config.yaml. */
const DATABASES = ["mlpipeline", "metadb", "cachedb"] as const;
/** Made by the API, it may do in these databases what it likes: https://cloud.google.com/sql/docs/mysql/users. */
const USER = "kubeflow";

/**
 * Cloud SQL for MySQL beside the metadata database: what Kubeflow Pipelines keeps of its own. Its parts log in by a
 * password, through the Auth Proxy.
 */
export class GcpPipelineStore extends Construct {
  /** Without the password. */
  readonly uri: string;

  constructor(scope: Construct, id: string, props: MetadataDatabaseProps, estate: GcpEstate) {
    super(scope, id);
    const { deletionProtection = true } = props;
    const name = estate.name("sqlInstance", ROLE);
    const kind = { name, version: VERSION, flags: MYSQL_FLAGS, logs: { binaryLogEnabled: true } } as const;
    const instance = sqlServer(this, kind, props, estate);
    for (const name of DATABASES) {
      new SqlDatabase(this, name, { name, instance: instance.name, deletionPolicy: "ABANDON" });
    }
    new GcpDatabasePassword(this, "User", { instance, user: USER, role: ROLE, deletionProtection }, estate);
    const host = handOver(this, {
      key: "pipelineStoreHost",
      value: instance.privateIpAddress,
      example: "10.20.64.4",
      description: "Private address of the database of Kubeflow Pipelines",
    });
    this.uri = `mysql://${USER}@${host}:${PORT}/${DATABASES[0]}`;
  }
}
