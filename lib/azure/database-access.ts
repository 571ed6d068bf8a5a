import type { DatabaseName } from "../contracts/metadata-database";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { LayerStack } from "../core/layer-stack";
import { writtenLast } from "../core/written-last";
import { Construct } from "../framework";
import { ContainerAppJob } from "./bindings";
import { CONSUMPTION } from "./container-environment";
import { DATABASE_ADMINISTRATOR } from "./database-administrator";
import type { AzureEstate } from "./estate";
import { azureIdentity } from "./workload-identity";

const ID = "DatabaseAccess";
/** Seconds that one run may take: it sends a dozen statements. */
const TIMEOUT_SECONDS = 300;

/** Who works where, as the job reads it. */
interface Access {
  readonly user: string;
  readonly database: DatabaseName;
  /** Object id of the identity. */
  readonly object: string;
}

/**
 * The job that makes a layer's identities users of the metadata database, with their rights. That is the server's own
 * business, out of Terraform's reach: so whoever deploys runs the job afterwards, as often as they like. It is
 * `pipelines/images/tracking/database_access.py`.
 */
export class AzureDatabaseAccess extends Construct {
  private readonly users = new Map<string, Access>();

  private constructor(
    scope: Construct,
    private readonly estate: AzureEstate,
    image: string,
  ) {
    super(scope, ID);
    const identity = estate.identity(DATABASE_ADMINISTRATOR);
    new ContainerAppJob(this, "Job", {
      name: estate.databaseAccessJob(LayerStack.ofLayer(scope).layer),
      ...estate.placed(this),
      containerAppEnvironmentId: estate.containerEnvironment,
      workloadProfileName: CONSUMPTION,
      replicaTimeoutInSeconds: TIMEOUT_SECONDS,
      replicaRetryLimit: 1,
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 },
      identity: { type: "UserAssigned", identityIds: [identity] },
      registry: [{ server: estate.imagePrefix, identity }],
      template: { container: [this.container(image, identity)] },
    });
  }

  /** The job of the layer that a construct stands in; none while its image is not built. */
  static of(scope: Construct, estate: AzureEstate): AzureDatabaseAccess | undefined {
    const layer = LayerStack.ofLayer(scope);
    const there = layer.node.tryFindChild(ID);
    if (there instanceof AzureDatabaseAccess) return there;
    const image = estate.image("tracking");
    return image === undefined ? undefined : new AzureDatabaseAccess(layer, estate, image);
  }

  /** Lets an identity work in a database. May be repeated. */
  add(to: IWorkloadIdentity, database: DatabaseName): void {
    const { name: user } = azureIdentity(to);
    this.users.set(`${database} ${user}`, { user, database, object: to.principal });
  }

  private container(image: string, identity: string) {
    const { estate } = this;
    const env = {
      DATABASE_HOST: estate.databaseHost,
      DATABASE_USER: estate.identityName(DATABASE_ADMINISTRATOR),
      DATABASE_IDENTITY: identity,
      DATABASE_ACCESS: writtenLast("database access", () => this.list()),
    };
    return {
      name: "database-access",
      image,
      command: ["python"],
      args: ["-m", "database_access"],
      cpu: 0.25,
      memory: "0.5Gi",
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
    };
  }

  private list(): string {
    const sorted = [...this.users].sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify(sorted.map(([, access]) => access));
  }
}
