/** Google Cloud for tests: settings of a careful environment, and layers synthesized on the platform. */
import { addressPlan } from "../../lib/core/address-plan";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { GcpPlatform } from "../../lib/gcp/platform";
import { type Bench, type BenchOptions, onPlatform } from "../support/bench";
import type { SynthesizedStack } from "../support/synth";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/** Everything on, and as safe as it gets. */
export const PRODUCTION: GcpSettings = {
  organisation: "acme",
  environment: "test",
  owner: "ml-platform@acme.example",
  labels: {},
  production: true,
  project: "acme-ml-test",
  projectNumber: "100000000009",
  region: "asia-northeast3",
  zones: ["asia-northeast3-a", "asia-northeast3-b", "asia-northeast3-c"],
  billingAccount: "0A1B2C-3D4E5F-6A7B8C",
  backend: { type: "gcs" },
  addresses: addressPlan("10.20.0.0/16"),
  ownKeys: true,
  keyRing: "ml",
  images: { tracking: digest("a"), serving: digest("b"), trigger: digest("c") },
  features: {
    autoMl: true,
    dataIntegration: true,
    dataProcessing: true,
    featureStore: true,
    notebooks: true,
    workflowEngine: true,
  },
  machineTypes: {},
  existing: {},
};

/** The same, cheap: no keys of its own, nothing protected. */
export const DEVELOPMENT: GcpSettings = { ...PRODUCTION, production: false, ownKeys: false };

export { only, resources, write } from "../support/bench";

/** What a test builds in. */
export type GcpBench = Bench<GcpPlatform>;

/** Synthesizes what `build` makes. Stacks by layer. */
export function onGcp(
  build: (bench: GcpBench) => void,
  settings: GcpSettings = PRODUCTION,
  options: BenchOptions = {},
): Record<string, SynthesizedStack> {
  return onPlatform(() => new GcpPlatform(settings), build, { ...options, ownKeys: settings.ownKeys });
}
