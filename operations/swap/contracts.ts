/**
 * The parts of an estate as a swap looks at them: what each publishes, which settings decide it, where its resources
 * stand, and the data that does not move by itself.
 */
import type { Layer } from "../../lib/contracts/layers";
import type { OutputKey } from "../../lib/contracts/outputs";
import type { DataKind } from "./data";

/** One part, the same on every cloud. */
export interface SwapContract {
  readonly contract: string;
  readonly layer: Layer;
  /** First words of its resources' paths in the layer: `Datasets`; a trailing `*` stands for anything. */
  readonly at: readonly string[];
  /** What it publishes. */
  readonly outputs: readonly OutputKey[];
  /** Paths of settings that are about it; what stands below them, too. */
  readonly settings: readonly string[];
  /** Data it holds. @default - none */
  readonly data?: readonly DataKind[];
}

function contract(
  name: string,
  layer: Layer,
  at: readonly string[],
  outputs: readonly OutputKey[],
  settings: readonly string[],
  data?: readonly DataKind[],
): SwapContract {
  return { contract: name, layer, at, outputs, settings, ...(data ? { data } : {}) };
}

/** Every part, in the order of the layers. A setting or a resource belongs to the first that names it. */
export const SWAP_CONTRACTS: readonly SwapContract[] = [
  contract("state of Terraform", "foundation", [], [], ["backend"]),
  contract("encryption keys", "foundation", ["Key-*"], [], ["encryption"], ["keys"]),
  contract("secrets", "foundation", ["Secrets"], ["secretsUri"], [], ["secrets"]),
  contract(
    "identities of CI",
    "foundation",
    ["Ci"],
    ["ciPlanIdentity", "ciApplyIdentity", "ciProvider"],
    ["delivery.infrastructure"],
  ),
  contract("network", "network", ["Network"], ["networkReference"], ["network"]),
  contract("access logs", "data", ["AccessLogs"], [], ["storage.expireAfterDays.accessLogs"]),
  contract("datasets", "data", ["Datasets"], ["datasetsUri"], ["storage"], ["datasets"]),
  contract("artifacts", "data", ["Artifacts"], ["artifactsUri"], [], ["artifacts"]),
  contract("pipeline packages", "data", ["Packages"], ["packagesUri"], [], ["packages"]),
  contract(
    "prediction logs",
    "data",
    ["PredictionLogs"],
    ["predictionLogsUri"],
    ["logging.predictions"],
    ["predictionLogs"],
  ),
  contract(
    "metadata database",
    "data",
    ["Database"],
    ["trackingDatabaseUri", "ledgerDatabaseUri", "databasePasswordReference", "pipelineStoreUri"],
    ["metadata"],
    ["ledger"],
  ),
  contract("image registry", "data", ["Images"], ["imageRegistry"], ["images"], ["images"]),
  contract("retrain events", "data", ["Retrain"], ["retrainTopic"], []),
  contract(
    "feature store",
    "data",
    ["Features"],
    ["offlineFeaturesUri", "onlineFeaturesUri"],
    ["featureStore"],
    ["features"],
  ),
  contract("cluster", "compute", ["Cluster"], ["clusterEndpoint", "clusterIssuer"], ["kubernetes"]),
  contract("experiment tracking", "ml", ["Tracking"], ["trackingUri"], [], ["runs"]),
  contract("training machines", "ml", ["Training"], ["trainingReference"], ["training"]),
  contract(
    "pipeline orchestrator",
    "ml",
    ["Orchestrator", "Pipelines"],
    ["pipelinesUri", "pipelinesFormat", "pipelinesPrincipal", "tensorBoardReference"],
    ["orchestrator", "kubeflow"],
  ),
  contract("notebooks", "ml", ["Notebooks"], ["notebooksUri"], ["notebooks"], ["notebooks"]),
  contract("training without code", "ml", ["AutoMl"], ["autoMlReference"], ["autoMl"]),
  contract("pretrained models", "ml", ["Pretrained"], ["pretrainedModelsUri"], ["pretrainedModels"]),
  contract("data processing", "ml", ["Processing"], ["dataProcessingReference"], ["dataProcessing"]),
  contract("data integration", "ml", ["Integration"], ["dataIntegrationUri"], ["dataIntegration"]),
  contract("source and triggers", "delivery", ["Source"], ["deliveryConnection"], ["delivery"]),
  contract("schedules", "delivery", ["Schedule-*"], [], ["retraining.schedule", "retraining.timeZone"]),
  contract("handler of events", "delivery", ["Retrain", "Trigger"], ["pipelineTriggerUri"], ["retraining"]),
  contract("pipeline definitions", "delivery", ["Definitions"], [], ["projects"]),
  contract("workflow engine", "delivery", ["Workflows"], ["workflowEngineUri"], ["workflowEngine"]),
  contract("scoring service of QA", "serving", ["Qa"], ["qaUri"], ["serving.qa", "serving.checks"]),
  contract(
    "production serving",
    "serving",
    ["Production", "Serving"],
    ["servingUri", "servingPrincipal"],
    ["serving.production"],
  ),
  contract("monitoring", "observability", ["Monitoring"], ["dashboardUri", "metricsUri"], ["monitoring"], ["logs"]),
  contract("budget", "observability", ["Budget"], ["budgetReference"], ["budget"]),
];

/** The part that something at a path of a layer belongs to; undefined for what a cloud needs besides. */
export function contractAt(layer: string, path: string): SwapContract | undefined {
  const [first = ""] = path.split("/");
  return SWAP_CONTRACTS.find((one) => one.layer === layer && one.at.some((name) => fits(name, first)));
}

/** The part that a setting is about: the one that names the longest beginning of its path. */
export function contractOf(setting: string): SwapContract | undefined {
  const length = (one: SwapContract) =>
    Math.max(0, ...one.settings.filter((path) => isBelow(setting, path)).map((path) => path.length));
  return SWAP_CONTRACTS.filter((one) => length(one) > 0).sort((a, b) => length(b) - length(a))[0];
}

function fits(name: string, word: string): boolean {
  return name.endsWith("*") ? word.startsWith(name.slice(0, -1)) : word === name;
}

function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}
