import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IWorkflowEngine, WorkflowEngineProps } from "../contracts/workflow-engine";
import { escapeTemplate } from "../core/escape";
import { resourcesOf } from "../core/ordering";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { ComposerEnvironment, StorageBucket, StorageBucketIamMember, StorageBucketObject } from "./bindings";
import { guardedBucket } from "./bucket";
import type { GcpEstate } from "./estate";
import { mailOf, projectRole } from "./identity-roles";
import { GcpWorkloadIdentity } from "./workload-identity";

/** Composer 3 with the newest Airflow 2 at the time of creation: https://cloud.google.com/composer/docs/composer-versioning-overview. */
const IMAGE = "composer-3-airflow-2";

/** What the account of Airflow's own parts needs: https://cloud.google.com/composer/docs/composer-3/access-control#service-account. */
const WORKER = "roles/composer.worker";
const FILES = "roles/storage.objectUser";

/** Files of the bundled flow, in the bucket's `dags`. */
const FLOW = ["retrain_dag.py", "retrain_event.py"] as const;

/** Days that Airflow remembers its runs: https://cloud.google.com/composer/docs/composer-3/configure-db-retention. */
const MEMORY_DAYS = 60;

/** Four hours, Friday to Sunday: twelve a week are the least that Composer takes. */
const MAINTENANCE = {
  startTime: "2026-01-02T01:00:00Z",
  endTime: "2026-01-02T05:00:00Z",
  recurrence: "FREQ=WEEKLY;BYDAY=FR,SA,SU",
} as const;

const SIZES = { production: "ENVIRONMENT_SIZE_MEDIUM", other: "ENVIRONMENT_SIZE_SMALL" } as const;

/** Smallest parts that Composer 3 takes: https://cloud.google.com/composer/docs/composer-3/scale-environments. */
const PARTS = {
  scheduler: { cpu: 0.5, memoryGb: 2, storageGb: 1, count: 1 },
  dagProcessor: { cpu: 1, memoryGb: 4, storageGb: 1, count: 1 },
  triggerer: { cpu: 0.5, memoryGb: 1, count: 0 },
  webServer: { cpu: 0.5, memoryGb: 2, storageGb: 1 },
  worker: { cpu: 0.5, memoryGb: 2, storageGb: 10, minCount: 1 },
} as const;

/**
 * Airflow on Cloud Composer 3, without public addresses, with one flow that sends the `retrain` event. Its pages are
 * opened by IAM; in production from the environment's network only.
 */
export class GcpWorkflowEngine extends Construct implements IWorkflowEngine {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkflowEngineProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const identity = new GcpWorkloadIdentity(this, "Identity", { workload: "workflows" }, estate);
    projectRole(identity, WORKER, estate);
    props.topic.grants.publish(identity);
    const bucket = this.makeBucket();
    new StorageBucketIamMember(identity, "Files", { bucket: bucket.name, role: FILES, member: identity.principal });
    const environment = new ComposerEnvironment(this, "Airflow", {
      name: estate.name("composer", "workflows"),
      region: estate.settings.region,
      labels: estate.labels(this),
      storageConfig: { bucket: bucket.name },
      config: this.config(mailOf(identity)),
      dependsOn: resourcesOf(identity),
      timeouts: { create: "120m", update: "120m", delete: "60m" },
    });
    for (const file of FLOW) {
      new StorageBucketObject(this, `Flow-${file.replace(/\W/g, "-")}`, {
        bucket: bucket.name,
        name: `dags/${file}`,
        content: escapeTemplate(readFileSync(join(__dirname, "flows", file), "utf8")),
        contentType: "text/x-python",
        // Airflow reads the folder; the environment has to know it first.
        dependsOn: [environment],
      });
    }
    this.uri = handOver(this, {
      key: "airflowUri",
      value: environment.config.airflowUri,
      example: `https://0123456789abcdef-dot-${estate.settings.region}.composer.googleusercontent.com`,
      description: "Page of Airflow.",
    });
  }

  /** Own, because Composer leaves the bucket that it makes behind. */
  private makeBucket(): StorageBucket {
    const { estate } = this;
    return new StorageBucket(this, "Bucket", {
      name: estate.name("bucket", "workflows"),
      // The same key as the environment's, as Composer demands: https://cloud.google.com/composer/docs/composer-3/configure-cmek-encryption.
      ...guardedBucket(this, { key: "ml", logPrefix: "workflows" }, estate),
      forceDestroy: !estate.settings.production,
      versioning: { enabled: true },
      lifecycleRule: [
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30, withState: "ARCHIVED" } },
      ],
    });
  }

  private config(serviceAccount: string) {
    const { estate, props } = this;
    const { production, addresses } = estate.settings;
    const key = estate.key("ml");
    const ranges = production ? [addresses.nodes, addresses.serverless] : ["0.0.0.0/0", "::0/0"];
    return {
      environmentSize: production ? SIZES.production : SIZES.other,
      enablePrivateEnvironment: true,
      enablePrivateBuildsOnly: true,
      softwareConfig: {
        imageVersion: IMAGE,
        webServerPluginsMode: "DISABLED",
        airflowConfigOverrides: { "webserver-rbac_user_registration_role": "Viewer" },
        envVariables: { RETRAIN_TOPIC: props.topic.reference, RETRAIN_PROJECT: props.project },
      },
      nodeConfig: { serviceAccount, network: estate.network, subnetwork: estate.subnet("serverless") },
      ...(key === undefined ? {} : { encryptionConfig: { kmsKeyName: key } }),
      maintenanceWindow: MAINTENANCE,
      workloadsConfig: { ...PARTS, worker: { ...PARTS.worker, maxCount: production ? 6 : 3 } },
      webServerNetworkAccessControl: {
        allowedIpRange: ranges.map((value) => ({
          value,
          description: production ? "the network" : "whoever IAM lets in",
        })),
      },
      dataRetentionConfig: {
        airflowMetadataRetentionConfig: [{ retentionMode: "RETENTION_MODE_ENABLED", retentionDays: MEMORY_DAYS }],
      },
    };
  }
}
