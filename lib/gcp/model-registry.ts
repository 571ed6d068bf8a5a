import type { IModelRegistry, ModelRegistryProps } from "../contracts/model-registry";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { escapeTemplate } from "../core/escape";
import { shortHash } from "../core/hash";
import { LayerStack } from "../core/layer-stack";
import { resourcesOf } from "../core/ordering";
import { Construct } from "../framework";
import { StorageBucketIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";
import { mailOf } from "./identity-roles";
import { GcpRunService, type RunContainer, runUri } from "./run-service";
import { GcpWorkloadIdentity } from "./workload-identity";

/** Reads and writes the files of runs: https://cloud.google.com/storage/docs/access-control/iam-roles. */
const FILES = "roles/storage.objectUser";
const FOLDER = "mlflow";

/** Where the parts of an instance meet. */
const PORTS = { server: 8080, database: 5432, proxyHealth: 9090 } as const;

/** Requests at once: the server has one worker, with 40 threads (Starlette's default). It begins with 0.5 GB. */
const CONCURRENCY = 40;

/** Connections of one instance; the smallest database takes 50: https://cloud.google.com/sql/docs/postgres/flags. */
const CONNECTIONS = { pool: 5, overflow: 5 } as const;

/**
 * An MLflow server on Cloud Run with its data in Cloud SQL, where it logs in as its own account, without a password.
 *
 * - **Reach.** Its address is a public one, in production too, because pipelines of Vertex AI run in Google's network and
 *   could not reach an internal one (https://cloud.google.com/run/docs/securing/ingress#settings). Nobody gets in without
 *   `roles/run.invoker`: workloads by `grants.use`, people by their groups.
 * - **People** come in through `gcloud run services proxy NAME --region REGION --project PROJECT --port 5000` and open
 *   http://localhost:5000; the same address is their MLFLOW_TRACKING_URI.
 * - **Programs** send an identity token for the address, which lives one hour: `steps.identity_token` fetches and renews it.
 * - **Files** of runs go straight to the bucket, because Cloud Run takes requests of up to 32 MiB only
 *   (https://cloud.google.com/run/quotas#request_limits).
 * - **Teams** each have a workspace of MLflow's, chosen by MLFLOW_WORKSPACE. It keeps names and files apart; it is not a
 *   wall: whoever may use the server may use all workspaces.
 */
export class GcpModelRegistry extends Construct implements IModelRegistry {
  readonly trackingUri: string;
  readonly grants: { use(to: IWorkloadIdentity): void };

  constructor(
    scope: Construct,
    id: string,
    props: ModelRegistryProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { production } = estate.settings;
    const identity = new GcpWorkloadIdentity(this, "Identity", { workload: "tracking" }, estate);
    props.database.grants.connect(identity);
    this.admitToFiles(identity, "FilesRight", identity.principal);
    const service = new GcpRunService(
      this,
      "Service",
      {
        role: "tracking",
        account: mailOf(identity),
        containers: [this.server(props.teams ?? []), databaseProxy(estate)],
        ingress: "all",
        instances: production ? { min: 1, max: 3 } : { min: 0, max: 1 },
        concurrency: CONCURRENCY,
        needs: resourcesOf(identity),
      },
      estate,
    );
    this.trackingUri = service.uri;
    this.grants = { use: (to) => this.grantUse(service, to) };
    for (const group of props.groups ?? []) this.admitGroup(service, group);
  }

  private server(teams: readonly string[]): RunContainer {
    const { estate } = this;
    const user = encodeURIComponent(estate.databaseUser("tracking"));
    return {
      name: "server",
      image: estate.builtImage("tracking"),
      env: {
        MLFLOW_BACKEND_STORE_URI: `postgresql+psycopg2://${user}@127.0.0.1:${PORTS.database}/mlflow`,
        MLFLOW_DEFAULT_ARTIFACT_ROOT: `gs://${estate.bucket("artifacts")}/${FOLDER}`,
        MLFLOW_SERVER_ALLOWED_HOSTS: allowedHosts(estate),
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
        MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: `${CONNECTIONS.pool}`,
        MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: `${CONNECTIONS.overflow}`,
        TRACKING_PORT: `${PORTS.server}`,
        TRACKING_REGION: estate.settings.region,
        TRACKING_ACCESS_JOB: estate.databaseAccessJob(LayerStack.ofLayer(this).layer),
        TRACKING_WORKSPACES: [...teams].sort().join(","),
      },
      cpu: "1",
      memory: "1Gi",
      port: PORTS.server,
      startupPath: "/health",
      livenessPath: "/health",
      after: ["database"],
    };
  }

  private grantUse(service: GcpRunService, to: IWorkloadIdentity): void {
    service.grants.invoke(to);
    grantOnce(this, to, "files", (scope, id) => this.admitToFiles(scope, id, to.principal));
  }

  private admitGroup(service: GcpRunService, group: string): void {
    const id = `Group-${shortHash(group)}`;
    const member = `group:${escapeTemplate(group)}`;
    service.admit(id, member);
    this.admitToFiles(this, id, member);
  }

  private admitToFiles(scope: Construct, id: string, member: string): void {
    const bucket = this.estate.bucket("artifacts");
    new StorageBucketIamMember(scope, id, { bucket, role: FILES, member, condition: onlyFilesOfRuns(bucket) });
  }
}

/** Limits a right to the folder of the runs; names of other files can be listed, because lists are asked of the bucket. */
function onlyFilesOfRuns(bucket: string) {
  return {
    title: `only ${FOLDER}`,
    description: "Files of the tracking server's runs",
    expression: `resource.type == "storage.googleapis.com/Bucket" || resource.name.startsWith("projects/_/buckets/${bucket}/objects/${FOLDER}/")`,
  };
}

/** Addresses that the server answers to: the one it is known by, and the older form of the same service's. */
function allowedHosts(estate: GcpEstate): string {
  const { host } = new URL(runUri(estate, "tracking"));
  return `${host},${estate.name("runService", "tracking")}-*.a.run.app`;
}

/**
 * The Cloud SQL Auth Proxy: logs in as the service's account and encrypts. It is in the server's image, so that one
 * digest stands for what runs.
 */
function databaseProxy(estate: GcpEstate): RunContainer {
  return {
    name: "database",
    image: estate.builtImage("tracking"),
    command: ["/usr/local/bin/cloud-sql-proxy"],
    args: [
      "--auto-iam-authn",
      "--private-ip",
      "--structured-logs",
      "--health-check",
      "--http-address=0.0.0.0",
      `--http-port=${PORTS.proxyHealth}`,
      `--port=${PORTS.database}`,
      estate.databaseConnection,
    ],
    cpu: "500m",
    memory: "256Mi",
    port: PORTS.proxyHealth,
    startupPath: "/startup",
    livenessPath: "/liveness",
  };
}
