/**
 * The form of an environment: what `environments/*.yaml` may say, after base.yaml, the environment's file and the
 * teams' files are laid over one another. Plain data in, plain data out: no transforms, so that schema.json says the same.
 */
import { z } from "zod";
import { AzureCloud, Backend, GcpCloud, KubernetesCloud, LocalCloud } from "./schema/clouds";
import {
  AutoMl,
  DataIntegration,
  DataProcessing,
  Encryption,
  FeatureStore,
  Kubeflow,
  Kubernetes,
  Labels,
  Metadata,
  Network,
  Notebooks,
  Overrides,
  PretrainedModels,
  Storage,
  TeamLimits,
  Training,
  WorkflowEngine,
} from "./schema/estate";
import { email, lowerName } from "./schema/fields";
import { Budget, Delivery, Policies, Projects, Review, Team as TeamSchema } from "./schema/governance";
import { Logging, Monitoring, Retraining, Serving } from "./schema/serving";

/** Clouds that an environment can stand on. */
export const CLOUDS = ["local", "gcp", "azure", "kubernetes"] as const;
/** A cloud's word. */
export type Cloud = (typeof CLOUDS)[number];

const sections = {
  version: z.literal(1, { error: "1" }).describe("Version of the files' form; `mlops upgrade` rewrites older ones."),
  organisation: lowerName(20).describe("Short name of the organisation; part of every name."),
  owner: email().describe("Who answers for the environment; a label of every resource."),
  tier: z
    .enum(["sandbox", "development", "staging", "production"])
    .default("development")
    .describe("How much care is taken. production: nothing public without a waiver, approvals, protected data."),
  labels: Labels.default({}).describe("Labels of every resource besides the platform's own."),
  backend: Backend.optional().describe(
    "Where Terraform's state is kept. Default by cloud: local and kubernetes local, gcp gcs, azure azurerm.",
  ),
  network: Network.prefault({}).describe("The private network."),
  kubernetes: Kubernetes.prefault({}).describe("The Kubernetes cluster and its node pools."),
  storage: Storage.prefault({}).describe("Buckets and their lifecycle."),
  encryption: Encryption.prefault({}).describe("Keys at rest."),
  metadata: Metadata.prefault({}).describe("The metadata database, PostgreSQL."),
  orchestrator: z
    .enum(["managed", "kubeflow"])
    .default("managed")
    .describe(
      "What runs pipelines. managed: the cloud's own (Vertex AI Pipelines, Azure ML, the local runner). kubeflow: in the cluster.",
    ),
  kubeflow: Kubeflow.prefault({}).describe("Settings of Kubeflow."),
  training: Training.prefault({}).describe("Machines that training steps run on."),
  featureStore: FeatureStore.prefault({}).describe("Feature store."),
  autoMl: AutoMl.prefault({}).describe("Training without code by the cloud's own service."),
  pretrainedModels: PretrainedModels.prefault({}).describe("Pretrained models of the cloud's catalogue."),
  dataProcessing: DataProcessing.prefault({}).describe("Processing of large data as a service that steps use."),
  dataIntegration: DataIntegration.prefault({}).describe("A tool for data flows without code."),
  workflowEngine: WorkflowEngine.prefault({}).describe("A general workflow engine beside the orchestrator."),
  notebooks: Notebooks.prefault({}).describe("Notebooks for exploration."),
  delivery: Delivery.prefault({}).describe("Source code, triggers and the way to each environment."),
  projects: Projects.default([]).describe("ML projects of the environment: names, or name and parameters."),
  serving: Serving.prefault({}).describe("QA and production serving."),
  logging: Logging.prefault({}).describe("Logs."),
  retraining: Retraining.prefault({}).describe("What starts training by itself."),
  monitoring: Monitoring.prefault({}).describe("Metrics and alerts."),
  budget: Budget.optional().describe("Monthly budget. Default: none."),
  policies: Policies.prefault({}).describe("Exceptions to the platform's rules."),
  review: Review.prefault({}).describe("Review of plans."),
  teamLimits: TeamLimits.prefault({}).describe("Which teams are here, and how much of their quota."),
  overrides: Overrides.prefault({}).describe("Settings that are not portable, by cloud."),
};

const cloudWord =
  "Cloud of the environment. Changing this word swaps the cloud; the section of that name under clouds must be complete.";
const cloudSections = "What is particular to each cloud. Only the section of the chosen cloud must be complete.";
const local = LocalCloud.prefault({}).describe("This machine.");
const gcp = "Google Cloud.";
const azure = "Azure.";
const kubernetes = "A cluster that somebody already has.";

const others = {
  local,
  gcp: GcpCloud.partial().optional().describe(gcp),
  azure: AzureCloud.partial().optional().describe(azure),
  kubernetes: KubernetesCloud.partial().optional().describe(kubernetes),
};

function standsOn<C extends Cloud>(cloud: C) {
  return z.literal(cloud).describe(cloudWord);
}

/** base.yaml, an environment's file and the defaults laid over one another; one member per cloud. */
export const EnvironmentFile = z.discriminatedUnion("cloud", [
  z.strictObject({
    ...sections,
    cloud: standsOn("local"),
    clouds: z.strictObject(others).prefault({}).describe(cloudSections),
  }),
  z.strictObject({
    ...sections,
    cloud: standsOn("gcp"),
    clouds: z.strictObject({ ...others, gcp: GcpCloud.describe(gcp) }).describe(cloudSections),
  }),
  z.strictObject({
    ...sections,
    cloud: standsOn("azure"),
    clouds: z.strictObject({ ...others, azure: AzureCloud.describe(azure) }).describe(cloudSections),
  }),
  z.strictObject({
    ...sections,
    cloud: standsOn("kubernetes"),
    clouds: z.strictObject({ ...others, kubernetes: KubernetesCloud.describe(kubernetes) }).describe(cloudSections),
  }),
]);
/** The files of one environment laid over one another, checked. */
export type EnvironmentFile = z.output<typeof EnvironmentFile>;

/** The same for a cloud that is not known (yet): every section may be incomplete. What editors complete by. */
export const AnyEnvironmentFile = z.strictObject({
  cloud: z.enum(CLOUDS).describe(cloudWord),
  ...sections,
  clouds: z.strictObject(others).prefault({}).describe(cloudSections),
});

/** base.yaml: everything but the cloud. */
export const BaseFile = AnyEnvironmentFile.omit({ cloud: true });

const { version: _version, name: _name, ...changeable } = TeamSchema.shape;

/** teams/NAME.yaml: the team, and what differs by environment. */
export const TeamFile = TeamSchema.extend({
  environments: z
    .record(lowerName(20), z.strictObject(changeable).partial())
    .optional()
    .describe(
      "Environments that the team is in, each with what differs there ({} for nothing). Default: every environment, nothing differs.",
    ),
});

/** What a team's file gives in one environment. */
export const TeamInEnvironment = TeamSchema;
/** A team as it is in one environment. */
export type Team = Omit<z.output<typeof TeamSchema>, "version">;

/** One ML project of an environment. */
export interface Project {
  readonly name: string;
  /** Settings by dotted name that replace those of the project's settings file. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Something that was asked for and is something else on this cloud. */
export interface Substitution {
  /** Path of the setting. */
  readonly path: string;
  readonly asked: unknown;
  readonly used: unknown;
  readonly because: string;
}

interface Resolved {
  /** Name of the file without its ending. */
  name: string;
  backend: z.output<typeof Backend>;
  network: z.output<typeof Network> & { /** Network that exists already. */ existing?: string };
  kubernetes: z.output<typeof Kubernetes> & { /** Cluster that exists already. */ existing?: string };
  projects: Project[];
  review: { approvals: number; elevate: string[] };
  teams: Team[];
  /** Digests of the estate's own images, by name, as images.lock.yaml records them. */
  images: Readonly<Record<string, string>>;
  /** What the cloud does differently from what base.yaml asks for. */
  substitutions: Substitution[];
}
type Resolve<File> = File extends unknown ? Omit<File, keyof Resolved> & Resolved : never;

/** An environment, complete and checked: what everything else works with. */
export type Environment = Resolve<EnvironmentFile>;
/** `serving.checks.load` */
export type LoadPolicy = Environment["serving"]["checks"]["load"];
/** `serving.production.canary` */
export type CanaryPolicy = Environment["serving"]["production"]["canary"];
/** `clouds.local` */
export type LocalSettings = Environment["clouds"]["local"];
