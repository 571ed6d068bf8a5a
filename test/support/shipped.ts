/** The shipped environments, as they are or with the one word that names the cloud changed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listEnvironments, loadAll } from "../../environments/load";
import type { Cloud, Environment } from "../../environments/schema";

export const SHIPPED = join(__dirname, "../../environments");

/** Every shipped environment that stands on Google Cloud, on another cloud. */
export function shippedOn(cloud: Cloud): Environment[] {
  const texts = listEnvironments(SHIPPED).flatMap((name): [string, string][] => {
    const file = join(SHIPPED, `${name}.yaml`);
    const text = readFileSync(file, "utf8");
    return /^cloud: gcp\b/m.test(text) ? [[name, text.replace(/^cloud: gcp\b/m, `cloud: ${cloud}`)]] : [];
  });
  const instead = Object.fromEntries(texts.map(([name, text]) => [join(SHIPPED, `${name}.yaml`), text]));
  return loadAll({ directory: SHIPPED, names: texts.map(([name]) => name), instead });
}

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/** The shipped production environment, on a cloud. */
export function shippedProduction<C extends Cloud>(cloud: C): Environment & { readonly cloud: C } {
  const environment = shippedOn(cloud).find(({ name }) => name === "prod");
  if (environment === undefined || !standsOn(environment, cloud)) {
    throw new Error(`the shipped production environment is not on ${cloud}`);
  }
  return environment;
}

function standsOn<C extends Cloud>(environment: Environment, cloud: C): environment is Environment & { cloud: C } {
  return environment.cloud === cloud;
}

/** One of each kind of trigger. */
const RULES_OF_DELIVERY: Environment["delivery"]["rules"] = [
  { branch: "develop", environment: "prod", deploy: "automatic", afterGoodRuns: 0 },
  { branch: "main", environment: "prod", deploy: "onMerge", afterGoodRuns: 0 },
  { tag: "v*", environment: "prod", deploy: "approved", afterGoodRuns: 3 },
];

/** An environment with every switch on, and every image built. */
export function withEverything(environment: Environment): Environment {
  return {
    ...environment,
    images: { tracking: digest("a"), serving: digest("b"), trigger: digest("c") },
    featureStore: {
      ...environment.featureStore,
      enabled: true,
      groups: { patients: { entity: "patient", features: ["age"] } },
    },
    notebooks: { ...environment.notebooks, enabled: true },
    autoMl: { ...environment.autoMl, enabled: true },
    dataProcessing: { ...environment.dataProcessing, enabled: true },
    dataIntegration: { ...environment.dataIntegration, enabled: true },
    workflowEngine: { ...environment.workflowEngine, enabled: true },
    delivery: { ...environment.delivery, runner: "network", rules: RULES_OF_DELIVERY },
    policies: { ...environment.policies, waivers: [] },
  };
}

type Production = Environment["serving"]["production"];

/** An environment whose production is served in another way. It is named after that. */
export function servedBy(
  environment: Environment,
  target: Production["target"],
  production: Partial<Production> = {},
): Environment {
  const { serving } = environment;
  return {
    ...environment,
    name: target,
    serving: {
      ...serving,
      production: { ...serving.production, target, host: undefined, auth: "iam", ...production },
    },
  };
}
