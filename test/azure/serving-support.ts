/** Places that serve, as the tests of serving make them. */
import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { AzurePlatform } from "../../lib/azure/platform";
import { isLacking } from "../../lib/contracts/provided";
import type { ContainerServiceProps, ModelEndpointProps, PredictionLogging } from "../../lib/contracts/serving";
import type { IWorkloadIdentity } from "../../lib/contracts/workload-identity";
import type { LayerStack } from "../../lib/core/layer-stack";
import type { SynthesizedStack } from "../support/synth";
import { onAzure, PRODUCTION } from "./support";

export const NAMES = new AzureNames(PRODUCTION);
export const LOGGING: PredictionLogging = { sample: 0.5, retentionDays: 30, redact: [] };
export const WISHES = {
  kubernetes: { target: "kubernetes", auth: "oidc", host: "predict.acme.example", replicas: { min: 2, max: 6 } },
  managed: { target: "managed", auth: "iam", replicas: { min: 2, max: 6 } },
  serverless: { target: "serverless", auth: "none", replicas: { min: 2, max: 6 } },
  instance: { target: "instance", auth: "none", replicas: { min: 1, max: 1 } },
} as const;

export type Wish = Omit<ModelEndpointProps, "identity" | "logging">;

export function wish(target: keyof typeof WISHES, changes: Partial<Wish> = {}): Wish {
  return { expose: "internal", class: "cpu-small", ...WISHES[target], ...changes };
}

/** What a place is, as far as the tests look at it. */
export interface Served {
  readonly stack: SynthesizedStack | undefined;
  readonly uri: unknown;
}

function inServing(
  build: (given: { platform: AzurePlatform; stack: LayerStack; identity: IWorkloadIdentity }) => { uri: string },
  settings: AzureSettings,
): Served {
  const stacks = onAzure(
    ({ platform, layer }) => {
      const foundation = layer("foundation");
      if (settings.ownKeys) platform.encryptionKey(foundation, "ClusterKey", { use: "cluster" });
      platform.cluster(layer("compute"), "Cluster", { pools: [], existing: settings.existing.cluster });
      const stack = layer("serving");
      const identity = platform.workloadIdentity(stack, "Server", { workload: "serving" });
      const { uri } = build({ platform, stack, identity });
      stack.addOutput("uri", uri, "Looked at below.");
      platform.imageRegistry(layer("data"), "Images").grants.pull(identity);
    },
    settings,
    { assume: true },
  );
  return { stack: stacks.serving, uri: stacks.serving?.output.uri?.value };
}

export function production(given: Wish, settings = PRODUCTION, logging = LOGGING): Served {
  return inServing(({ platform, stack, identity }) => {
    const made = platform.modelEndpoint(stack, "Production", { ...given, logging, identity });
    if (isLacking(made)) throw new Error(made.lacking);
    return made;
  }, settings);
}

export function qa(
  target?: ContainerServiceProps["target"],
  settings: AzureSettings = PRODUCTION,
  logging = LOGGING,
): Served {
  return inServing(({ platform, stack, identity }) => {
    const made = platform.containerService(stack, "Qa", { target, logging, identity });
    if (isLacking(made)) throw new Error(made.lacking);
    return made;
  }, settings);
}
