/**
 * What of Azure the mutation run looks at. `node --import jiti/register test/azure/mutation.ts` records the result in
 * mutations.json.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment } from "../../environments/load";
import type { Environment } from "../../environments/schema";
import { AZURE, AZURE_STACKS } from "../../lib/core/hardening/azure";
import { type MutationCloud, record } from "../support/mutation";
import { EXCEPTIONS } from "./hardening-exceptions";
import { HARDENING_TABLE } from "./hardening-table";

/** File of the recorded result. */
export const RECORD = join(__dirname, "mutations.json");

/** Name of the environment whose data layer has a MySQL server too. */
const KUBEFLOW = "kubeflow";

const directory = join(__dirname, "../../environments");

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/** One of each kind of trigger. */
const RULES_OF_DELIVERY: Environment["delivery"]["rules"] = [
  { branch: "develop", environment: "prod", deploy: "automatic", afterGoodRuns: 0 },
  { branch: "main", environment: "prod", deploy: "onMerge", afterGoodRuns: 0 },
  { tag: "v*", environment: "prod", deploy: "approved", afterGoodRuns: 3 },
];

/** The shipped production environment, with the one word changed. */
function shippedOnAzure(): Environment & { readonly cloud: "azure" } {
  const file = join(directory, "prod.yaml");
  const text = readFileSync(file, "utf8").replace(/^cloud: gcp\b/m, "cloud: azure");
  const environment = loadEnvironment({ directory, name: "prod", instead: { [file]: text } });
  if (environment.cloud !== "azure") throw new Error("the shipped production environment does not name its cloud");
  return environment;
}

/** The shipped production environment with every switch on, once with each way to serve, and once with Kubeflow. */
export function environments(): Environment[] {
  const shipped = shippedOnAzure();
  const everything: Environment = {
    ...shipped,
    clouds: {
      ...shipped.clouds,
      azure: { ...shipped.clouds.azure, people: { ada: "1b2c3d4e-0000-4000-8000-0000000000f1" } },
    },
    images: { tracking: digest("a"), serving: digest("b"), trigger: digest("c") },
    featureStore: {
      ...shipped.featureStore,
      enabled: true,
      groups: { patients: { entity: "patient", features: ["age"] } },
    },
    notebooks: { ...shipped.notebooks, enabled: true },
    autoMl: { ...shipped.autoMl, enabled: true },
    dataProcessing: { ...shipped.dataProcessing, enabled: true },
    dataIntegration: { ...shipped.dataIntegration, enabled: true },
    workflowEngine: { ...shipped.workflowEngine, enabled: true },
    delivery: { ...shipped.delivery, runner: "network", rules: RULES_OF_DELIVERY },
    policies: { ...shipped.policies, waivers: [] },
  };
  const serving = (target: "managed" | "serverless" | "instance", production: object): Environment => ({
    ...everything,
    name: target,
    serving: {
      ...everything.serving,
      // The one machine has a plain container beside it.
      qa: { ...everything.serving.qa, target: target === "instance" ? "instance" : "container" },
      production: { ...everything.serving.production, target, host: undefined, auth: "iam", ...production },
    },
  });
  return [
    everything,
    serving("managed", {}),
    serving("serverless", { auth: "none" }),
    serving("instance", { auth: "none", replicas: { min: 1, max: 1 } }),
    { ...everything, name: KUBEFLOW, orchestrator: "kubeflow", kubeflow: { tenancy: "shared" } },
  ];
}

/** Azure: beside the whole environment only what serves, and what only Kubeflow has. */
export const MICROSOFT_AZURE: MutationCloud = {
  rules: AZURE,
  stackRules: AZURE_STACKS,
  table: HARDENING_TABLE,
  exceptions: EXCEPTIONS,
  environments,
  also: (environment) => (environment === KUBEFLOW ? "data" : "serving"),
};

if (process.argv[1]?.endsWith("azure/mutation.ts")) record(MICROSOFT_AZURE, RECORD);
