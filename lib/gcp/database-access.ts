import { LayerStack } from "../core/layer-stack";
import { writtenLast } from "../core/written-last";
import { Construct } from "../framework";
import { CloudRunV2Job } from "./bindings";
import { SETUP_ROLE, SETUP_USER } from "./database-setup";
import { databaseOf, userOf } from "./database-users";
import type { GcpEstate } from "./estate";

const ID = "DatabaseAccess";
/** Seconds that one run may take: it sends a dozen statements. */
const TIMEOUT_SECONDS = 300;

/**
 * The job that gives a layer's identities their rights inside the databases. An IAM user comes without any, and giving
 * them is the server's own business, out of Terraform's reach: so whoever deploys runs the job afterwards, as often as
 * they like. It is `pipelines/images/tracking/database_access.py`.
 */
export class GcpDatabaseAccess extends Construct {
  private readonly users = new Set<string>();

  private constructor(
    scope: Construct,
    private readonly estate: GcpEstate,
    image: string,
  ) {
    super(scope, ID);
    const { production, region } = estate.settings;
    new CloudRunV2Job(this, "Job", {
      name: estate.databaseAccessJob(LayerStack.ofLayer(scope).layer),
      location: region,
      deletionProtection: production,
      labels: estate.labels(this),
      launchStage: "GA",
      binaryAuthorization: { useDefault: true },
      template: {
        taskCount: 1,
        parallelism: 1,
        labels: estate.labels(this),
        template: {
          serviceAccount: estate.serviceAccount(SETUP_ROLE),
          encryptionKey: estate.key("ml"),
          executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
          timeout: `${TIMEOUT_SECONDS}s`,
          maxRetries: 1,
          vpcAccess: {
            egress: "ALL_TRAFFIC",
            networkInterfaces: [{ network: estate.network, subnetwork: estate.subnet("serverless") }],
          },
          containers: [this.container(image)],
        },
      },
    });
  }

  /** The job of the layer that a construct stands in; none while its image is not built. */
  static of(scope: Construct, estate: GcpEstate): GcpDatabaseAccess | undefined {
    const layer = LayerStack.ofLayer(scope);
    const there = layer.node.tryFindChild(ID);
    if (there instanceof GcpDatabaseAccess) return there;
    const image = estate.image("tracking");
    return image === undefined ? undefined : new GcpDatabaseAccess(layer, estate, image);
  }

  /** Gives the user of an account its rights. May be repeated. */
  add(principal: string): void {
    this.users.add(userOf(principal));
  }

  private container(image: string) {
    const { estate } = this;
    const secret = estate.name("secret", SETUP_ROLE);
    return {
      name: "database-access",
      image,
      command: ["python"],
      args: ["-m", "database_access"],
      resources: { limits: { cpu: "1", memory: "512Mi" } },
      env: [
        { name: "DATABASE_CONNECTION", value: estate.databaseConnection },
        { name: "DATABASE_USER", value: SETUP_USER },
        { name: "DATABASE_SECRET", value: secret },
        { name: "DATABASE_ACCESS", value: writtenLast("database access", () => this.list()) },
        { name: "DATABASE_PASSWORD", valueSource: { secretKeyRef: { secret, version: "latest" } } },
      ],
    };
  }

  /** Who works in which database, as the job reads it. */
  private list(): string {
    const users = [...this.users].sort();
    return JSON.stringify(users.map((user) => ({ user, database: databaseOf(user, this.estate) })));
  }
}
