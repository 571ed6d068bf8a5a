/**
 * The accounts that Google's services act as in a project. They must exist before a key can be granted to them, which is
 * why `bootstrap` makes them before the first deployment. Pure data; does not load the engine.
 *
 * Addresses and default roles: https://cloud.google.com/iam/docs/service-agents
 * Which agent needs the key: https://cloud.google.com/kms/docs/compatible-services, and `source` of each.
 */
import type { KeyUse } from "../../contracts/encryption-key";
import { type ServiceName, servicesFor } from "./services";
import type { GcpFeatures } from "./settings";

/**
 * How an agent comes into being:
 * - `identity`: `POST https://serviceusage.googleapis.com/v1beta1/projects/NUMBER/services/SERVICE:generateServiceIdentity`
 *   (https://cloud.google.com/iam/docs/create-service-agents). An agent that was asked for this way does not get its
 *   default role by itself: whoever asks grants `role` too.
 * - `storage`: `GET https://storage.googleapis.com/storage/v1/projects/PROJECT/serviceAccount`
 *   (https://cloud.google.com/storage/docs/getting-service-agent)
 * - `bigquery`: `GET https://bigquery.googleapis.com/bigquery/v2/projects/PROJECT/serviceAccount`
 *   (https://cloud.google.com/bigquery/docs/customer-managed-encryption)
 * - `logging`: `GET https://logging.googleapis.com/v2/projects/PROJECT/settings`
 *   (https://cloud.google.com/logging/docs/routing/managed-encryption-storage)
 * - `enabled`: it is there once the API is enabled.
 * - `firstUse`: only its first use makes it, so nothing can be granted to it beforehand.
 */
export type AgentOrigin = "identity" | "storage" | "bigquery" | "logging" | "enabled" | "firstUse";

/** One service's agent. */
export interface ServiceAgent {
  readonly service: ServiceName;
  /** Mail address with `NUMBER` in place of the project's number. */
  readonly address: `${string}NUMBER${string}`;
  readonly origin: AgentOrigin;
  /** What Google grants it on the project when the agent is made by use; to be granted by who makes it. @default - none */
  readonly role?: string;
  /** Rights on the project that it needs for what this platform does, and nobody grants. @default - none */
  readonly needs?: readonly string[];
  /** The same where every predefined role gives far more: a role of the project's own, by its name. @default - none */
  readonly ownRole?: { readonly name: string; readonly title: string; readonly permissions: readonly string[] };
  /** Keys that it encrypts and decrypts with. */
  readonly keys: readonly KeyUse[];
  /** Needs a key only with one of these switches, although its service is always there. @default - always */
  readonly keysWhen?: Partial<Readonly<Record<KeyUse, readonly (keyof GcpFeatures)[]>>>;
  /** What the keys and needs are from. */
  readonly source: string;
}

const KMS = "https://cloud.google.com/kms/docs/compatible-services";
const AGENTS = "https://cloud.google.com/iam/docs/service-agents";

/** The usual address of an agent. */
const agent = <D extends string>(domain: D): `service-NUMBER@${D}.iam.gserviceaccount.com` =>
  `service-NUMBER@${domain}.iam.gserviceaccount.com`;

/** By a short word. */
export const SERVICE_AGENTS = {
  artifactRegistry: {
    service: "artifactregistry.googleapis.com",
    address: agent("gcp-sa-artifactregistry"),
    origin: "identity",
    role: "roles/artifactregistry.serviceAgent",
    keys: ["registry", "ml"],
    keysWhen: { ml: ["workflowEngine"] },
    source: "https://cloud.google.com/artifact-registry/docs/cmek",
  },
  bigquery: {
    service: "bigquery.googleapis.com",
    address: "bq-NUMBER@bigquery-encryption.iam.gserviceaccount.com",
    origin: "bigquery",
    keys: ["storage"],
    source: "https://cloud.google.com/bigquery/docs/customer-managed-encryption",
  },
  binaryAuthorization: {
    service: "binaryauthorization.googleapis.com",
    address: agent("gcp-sa-binaryauthorization"),
    origin: "identity",
    role: "roles/binaryauthorization.serviceAgent",
    keys: [],
    source: AGENTS,
  },
  cloudBuild: {
    service: "cloudbuild.googleapis.com",
    address: agent("gcp-sa-cloudbuild"),
    origin: "identity",
    role: "roles/cloudbuild.serviceAgent",
    // It reads the connection's token too: granted on that secret, where the connection stands.
    keys: [],
    source: "https://cloud.google.com/build/docs/automating-builds/github/connect-repo-github",
  },
  cloudRun: {
    service: "run.googleapis.com",
    address: agent("serverless-robot-prod"),
    origin: "identity",
    role: "roles/run.serviceAgent",
    keys: ["ml"],
    source: "https://cloud.google.com/run/docs/securing/using-cmek",
  },
  cloudScheduler: {
    service: "cloudscheduler.googleapis.com",
    address: agent("gcp-sa-cloudscheduler"),
    origin: "identity",
    role: "roles/cloudscheduler.serviceAgent",
    keys: [],
    source: AGENTS,
  },
  cloudSql: {
    service: "sqladmin.googleapis.com",
    address: agent("gcp-sa-cloud-sql"),
    origin: "identity",
    role: "roles/cloudsql.serviceAgent",
    keys: ["database"],
    source: "https://cloud.google.com/sql/docs/postgres/configure-cmek",
  },
  // Disks of nodes, instances and notebooks.
  compute: {
    service: "compute.googleapis.com",
    address: agent("compute-system"),
    origin: "enabled",
    role: "roles/compute.serviceAgent",
    keys: ["cluster", "ml"],
    keysWhen: { ml: ["dataIntegration", "dataProcessing", "notebooks", "workflowEngine"] },
    source: "https://cloud.google.com/compute/docs/disks/customer-managed-encryption",
  },
  composer: {
    service: "composer.googleapis.com",
    address: agent("cloudcomposer-accounts"),
    origin: "identity",
    role: "roles/composer.serviceAgent",
    // What it is made of uses the environment's key too: images, a cluster, messages, disks and the bucket. That all five
    // agents need it is so for version 2; whether version 3 still asks for each was not seen.
    keys: ["ml"],
    source: "https://cloud.google.com/composer/docs/composer-3/configure-cmek-encryption",
  },
  dataFusion: {
    service: "datafusion.googleapis.com",
    address: agent("gcp-sa-datafusion"),
    origin: "identity",
    role: "roles/datafusion.serviceAgent",
    keys: ["ml"],
    source: "https://cloud.google.com/data-fusion/docs/how-to/customer-managed-encryption-keys",
  },
  dataflow: {
    service: "dataflow.googleapis.com",
    address: agent("dataflow-service-producer-prod"),
    origin: "identity",
    role: "roles/dataflow.serviceAgent",
    keys: ["ml"],
    source: "https://cloud.google.com/dataflow/docs/guides/customer-managed-encryption-keys",
  },
  dataproc: {
    service: "dataproc.googleapis.com",
    address: agent("dataproc-accounts"),
    origin: "identity",
    role: "roles/dataproc.serviceAgent",
    keys: ["ml"],
    source: "https://cloud.google.com/dataproc/docs/concepts/configuring-clusters/customer-managed-encryption",
  },
  eventarc: {
    service: "eventarc.googleapis.com",
    address: agent("gcp-sa-eventarc"),
    origin: "identity",
    role: "roles/eventarc.serviceAgent",
    keys: [],
    source: AGENTS,
  },
  kubernetesEngine: {
    service: "container.googleapis.com",
    address: agent("container-engine-robot"),
    origin: "identity",
    role: "roles/container.serviceAgent",
    // Kubernetes secrets in the cluster's own database.
    keys: ["cluster", "ml"],
    keysWhen: { ml: ["workflowEngine"] },
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets",
  },
  logging: {
    service: "logging.googleapis.com",
    address: agent("gcp-sa-logging"),
    origin: "logging",
    // Writes to the archive's bucket, whose key Cloud Storage uses; log buckets here are encrypted by Google's keys.
    keys: [],
    source: "https://cloud.google.com/logging/docs/export/configure_export_v2#dest-auth",
  },
  notebooks: {
    service: "notebooks.googleapis.com",
    address: agent("gcp-sa-notebooks"),
    origin: "identity",
    role: "roles/notebooks.serviceAgent",
    keys: ["ml"],
    source: "https://cloud.google.com/vertex-ai/docs/workbench/instances/cmek",
  },
  pubSub: {
    service: "pubsub.googleapis.com",
    address: agent("gcp-sa-pubsub"),
    origin: "identity",
    role: "roles/pubsub.serviceAgent",
    // It publishes to dead-letter topics and reads their subscriptions too: granted on those, where they stand.
    keys: ["events", "ml"],
    keysWhen: { ml: ["workflowEngine"] },
    source: "https://cloud.google.com/pubsub/docs/encryption",
  },
  secretManager: {
    service: "secretmanager.googleapis.com",
    address: agent("gcp-sa-secretmanager"),
    origin: "identity",
    keys: ["secrets"],
    source: "https://cloud.google.com/secret-manager/docs/cmek",
  },
  serviceNetworking: {
    service: "servicenetworking.googleapis.com",
    address: agent("service-networking"),
    origin: "identity",
    role: "roles/servicenetworking.serviceAgent",
    keys: [],
    source: AGENTS,
  },
  sourceManager: {
    service: "securesourcemanager.googleapis.com",
    address: agent("gcp-sa-sourcemanager"),
    origin: "identity",
    role: "roles/securesourcemanager.serviceAgent",
    keys: ["storage"],
    source: "https://cloud.google.com/secure-source-manager/docs/cmek",
  },
  storage: {
    service: "storage.googleapis.com",
    address: agent("gs-project-accounts"),
    origin: "storage",
    // Eventarc makes the topic that a bucket's events go to, so there is none of ours to grant it on.
    needs: ["roles/pubsub.publisher"],
    keys: ["storage", "ml"],
    // Airflow, Data Fusion and jobs on Dataproc have buckets under their own key, of their or of our making.
    keysWhen: { ml: ["dataIntegration", "dataProcessing", "workflowEngine"] },
    source: "https://cloud.google.com/eventarc/standard/docs/run/create-trigger-storage-gcloud",
  },
  vertexAi: {
    service: "aiplatform.googleapis.com",
    address: agent("gcp-sa-aiplatform"),
    origin: "identity",
    role: "roles/aiplatform.serviceAgent",
    // Enters itself in the list of whom a network attachment accepts: the predefined role would be compute.networkAdmin.
    // https://cloud.google.com/vertex-ai/docs/general/vpc-psc-i-setup#service-agent-required-role
    ownRole: {
      name: "network-attachments",
      title: "Connects through network attachments",
      permissions: [
        "compute.networkAttachments.get",
        "compute.networkAttachments.update",
        "compute.regionOperations.get",
      ],
    },
    keys: ["ml"],
    source: "https://cloud.google.com/vertex-ai/docs/general/cmek",
  },
  // Custom jobs here run as accounts of their own; the agent is named for those who look for it in audit logs.
  vertexAiCustomCode: {
    service: "aiplatform.googleapis.com",
    address: agent("gcp-sa-aiplatform-cc"),
    origin: "firstUse",
    role: "roles/aiplatform.customCodeServiceAgent",
    keys: [],
    source: KMS,
  },
} as const satisfies Readonly<Record<string, ServiceAgent>>;

/** The short word of an agent. */
export type ServiceAgentName = keyof typeof SERVICE_AGENTS;

/** An agent of a project. */
export interface ProjectAgent extends Omit<ServiceAgent, "address"> {
  readonly name: ServiceAgentName;
  readonly email: string;
}

/** The mail address of a service's agent in a project. */
export function serviceAgent(name: ServiceAgentName, projectNumber: string): string {
  return SERVICE_AGENTS[name].address.replace("NUMBER", projectNumber);
}

/** The agents of the services that an environment with these switches uses. */
export function serviceAgents(projectNumber: string, features: GcpFeatures): readonly ProjectAgent[] {
  const used = new Set<ServiceName>(servicesFor(features));
  return (Object.keys(SERVICE_AGENTS) as ServiceAgentName[])
    .filter((name) => used.has(SERVICE_AGENTS[name].service))
    .map((name) => {
      const { address: _, ...rest }: ServiceAgent = SERVICE_AGENTS[name];
      return { ...rest, name, email: serviceAgent(name, projectNumber) };
    });
}

/** Who encrypts and decrypts with the key of a use. */
export function keyUsers(use: KeyUse, projectNumber: string, features: GcpFeatures): readonly ProjectAgent[] {
  return serviceAgents(projectNumber, features).filter(
    ({ keys, keysWhen }) => keys.includes(use) && (keysWhen?.[use]?.some((name) => features[name]) ?? true),
  );
}
