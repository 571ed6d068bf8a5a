/** Places that serve, as the tests of serving make them. */
import { isLacking } from "../../lib/contracts/provided";
import type { ModelEndpointProps, PredictionLogging } from "../../lib/contracts/serving";
import type { IWorkloadIdentity } from "../../lib/contracts/workload-identity";
import type { LayerStack } from "../../lib/core/layer-stack";
import { GcpNames } from "../../lib/gcp/parts/names";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import type { GcpPlatform } from "../../lib/gcp/platform";
import type { SynthesizedStack } from "../support/synth";
import { onGcp, only, PRODUCTION } from "./support";

export const NAMES = new GcpNames(PRODUCTION);
/** What is public breaks rules that somebody has to answer for; here it is looked at without them. */
export const PUBLIC = { ...PRODUCTION };
export const LOGGING: PredictionLogging = { sample: 0.5, retentionDays: 30, redact: [] };
export const WISHES = {
  kubernetes: { target: "kubernetes", auth: "oidc", host: "predict.acme.example", replicas: { min: 2, max: 6 } },
  managed: { target: "managed", auth: "iam", replicas: { min: 2, max: 6 } },
  serverless: { target: "serverless", auth: "iam", replicas: { min: 2, max: 6 } },
  instance: { target: "instance", auth: "none", replicas: { min: 1, max: 1 } },
} as const;

export type Wish = Omit<ModelEndpointProps, "identity" | "logging">;

export function wish(target: keyof typeof WISHES, changes: Partial<Wish> = {}): Wish {
  return { expose: "internal", class: "cpu-small", ...WISHES[target], ...changes };
}

function inServing(
  build: (given: { platform: GcpPlatform; stack: LayerStack; identity: IWorkloadIdentity }) => { uri: string },
  settings: GcpSettings = PRODUCTION,
): { stack: SynthesizedStack | undefined; uri: unknown } {
  const stacks = onGcp(
    ({ platform, layer }) => {
      const stack = layer("serving");
      const identity = platform.workloadIdentity(stack, "Server", { workload: "serving" });
      stack.addOutput("uri", build({ platform, stack, identity }).uri, "Looked at below.");
    },
    settings,
    { production: settings === PRODUCTION },
  );
  return { stack: stacks.serving, uri: stacks.serving?.output.uri?.value };
}

export function production(given: Wish, settings = PRODUCTION, logging = LOGGING) {
  return inServing(({ platform, stack, identity }) => {
    const made = platform.modelEndpoint(stack, "Production", { ...given, logging, identity });
    if (isLacking(made)) throw new Error(made.lacking);
    return made;
  }, settings);
}

export function qa(settings = PRODUCTION, logging = LOGGING) {
  return inServing(({ platform, stack, identity }) => {
    const made = platform.containerService(stack, "Qa", { logging, identity });
    if (isLacking(made)) throw new Error(made.lacking);
    return made;
  }, settings);
}

/** What the scoring app is told in a place. */
export function settingsObject({ stack }: { stack: SynthesizedStack | undefined }) {
  const { bucket, name, content } = only(stack, "google_storage_bucket_object");
  return { bucket, name, content: JSON.parse(String(content)) };
}
