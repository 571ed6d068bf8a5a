/**
 * The environment's document: one set of keys on every cloud. Pipelines and build files use these names only. What a
 * platform has not got keeps its key, with null and the reason.
 */
import type { Layer } from "./layers";

/** What is known of an output before anything is deployed. */
export interface OutputSpec {
  /** Layer whose stack has it. */
  readonly layer: Layer;
  /** One sentence for the reader of the document. */
  readonly description: string;
  /** A value of the right form: stands in for the real one with `--assume`. */
  readonly example: string;
}

/** Every key of the document. */
export const OUTPUTS = {
  secretsUri: {
    layer: "foundation",
    description: "Vault of the environment's secrets.",
    example: "https://vault.example/secrets",
  },
  ciPlanIdentity: { layer: "foundation", description: "Identity that plans in CI.", example: "identities/plan" },
  ciApplyIdentity: { layer: "foundation", description: "Identity that deploys in CI.", example: "identities/apply" },
  ciProvider: { layer: "foundation", description: "What a CI job names to sign in.", example: "providers/example" },
  networkReference: { layer: "network", description: "Private network.", example: "networks/example" },
  datasetsUri: { layer: "data", description: "Bucket of the datasets.", example: "bucket://datasets" },
  artifactsUri: {
    layer: "data",
    description: "Bucket of what pipelines make: models, metrics, transformed data.",
    example: "bucket://artifacts",
  },
  packagesUri: { layer: "data", description: "Bucket of the compiled pipelines.", example: "bucket://packages" },
  predictionLogsUri: {
    layer: "data",
    description: "Bucket of the logged predictions.",
    example: "bucket://prediction-logs",
  },
  imageRegistry: {
    layer: "data",
    description: "Host and path before an image's name.",
    example: "registry.example/images",
  },
  trackingDatabaseUri: {
    layer: "data",
    description: "Database of the experiment tracker, without the password.",
    example: "postgresql://mlops@database.example:5432/mlflow",
  },
  ledgerDatabaseUri: {
    layer: "data",
    description: "Database of runs, releases and approvals, without the password.",
    example: "postgresql://mlops@database.example:5432/ledger",
  },
  databasePasswordReference: {
    layer: "data",
    description: "Where the databases' password is found.",
    example: "https://vault.example/secrets/database",
  },
  pipelineStoreUri: {
    layer: "data",
    description: "MySQL database of Kubeflow Pipelines, without the password.",
    example: "mysql://kubeflow@database.example:3306/mlpipeline",
  },
  retrainTopic: { layer: "data", description: "Topic of the retrain events.", example: "topics/retrain" },
  offlineFeaturesUri: {
    layer: "data",
    description: "Features as read for training.",
    example: "https://features.example/offline",
  },
  onlineFeaturesUri: {
    layer: "data",
    description: "Features as read for serving.",
    example: "https://features.example/online",
  },
  clusterEndpoint: {
    layer: "compute",
    description: "API address of the Kubernetes cluster.",
    example: "https://cluster.example",
  },
  clusterIssuer: {
    layer: "compute",
    description: "Issuer of the cluster's service account tokens.",
    example: "https://issuer.example",
  },
  trainingReference: {
    layer: "ml",
    description: "What a training step names to get a machine.",
    example: "machines/example",
  },
  trackingUri: {
    layer: "ml",
    description: "Value for MLFLOW_TRACKING_URI.",
    example: "https://tracking.example",
  },
  pipelinesUri: { layer: "ml", description: "Where a compiled pipeline is submitted.", example: "https://ml.example" },
  pipelinesFormat: { layer: "ml", description: "Form of a compiled pipeline: kfp-ir or azureml.", example: "kfp-ir" },
  pipelinesPrincipal: { layer: "ml", description: "Identity the pipelines run as.", example: "principal:pipelines" },
  notebooksUri: { layer: "ml", description: "Notebooks.", example: "https://notebooks.example" },
  tensorBoardReference: { layer: "ml", description: "TensorBoard.", example: "tensorboards/example" },
  autoMlReference: { layer: "ml", description: "What a step names to train without code.", example: "automl/example" },
  pretrainedModelsUri: {
    layer: "ml",
    description: "Catalogue of the pretrained models that are allowed.",
    example: "https://models.example",
  },
  dataProcessingReference: {
    layer: "ml",
    description: "What a step names to process large data.",
    example: "processing/example",
  },
  dataIntegrationUri: {
    layer: "ml",
    description: "Tool that builds data flows without code.",
    example: "https://integration.example",
  },
  workflowEngineUri: {
    layer: "delivery",
    description: "General workflow engine beside the orchestrator.",
    example: "https://workflows.example",
  },
  pipelineTriggerUri: {
    layer: "delivery",
    description: "Where a retrain event is sent by HTTP.",
    example: "https://trigger.example",
  },
  deliveryConnection: {
    layer: "delivery",
    description: "Connection to the source host.",
    example: "connections/example",
  },
  qaUri: { layer: "serving", description: "Scoring service of QA.", example: "https://qa.example" },
  servingUri: { layer: "serving", description: "Address that clients call.", example: "https://predict.example" },
  servingPrincipal: {
    layer: "serving",
    description: "Identity the models are served as.",
    example: "principal:serving",
  },
  dashboardUri: { layer: "observability", description: "Where a person looks.", example: "https://dashboard.example" },
  metricsUri: {
    layer: "observability",
    description: "Metrics in the Prometheus text form.",
    example: "https://metrics.example/metrics",
  },
  budgetReference: { layer: "observability", description: "Budget with its alerts.", example: "budgets/example" },
} as const satisfies Record<string, OutputSpec>;

/** A key of the document. */
export type OutputKey = keyof typeof OUTPUTS;

/** An output as the manifest records it. */
export interface OutputEntry extends OutputSpec {
  /** Stack whose state has the value; null when it is known without one, or lacking. */
  readonly stack: string | null;
  /** The value where synth knows it. @default - only the deployed layer knows it */
  readonly value?: string;
  /** Why this platform has none. @default - it has one */
  readonly lacking?: string;
}
