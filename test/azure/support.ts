/** Azure for tests: settings of a careful environment, and layers synthesized on the platform. */
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { AzurePlatform } from "../../lib/azure/platform";
import { addressPlan } from "../../lib/core/address-plan";
import { type Bench, type BenchOptions, onPlatform } from "../support/bench";
import type { SynthesizedStack } from "../support/synth";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/** Everything on, and as safe as it gets. */
export const PRODUCTION: AzureSettings = {
  organisation: "acme",
  environment: "test",
  owner: "ml-platform@acme.example",
  labels: {},
  production: true,
  subscription: "1b2c3d4e-0000-4000-8000-0000000000d9",
  tenant: "1b2c3d4e-0000-4000-8000-000000000001",
  region: "koreacentral",
  zones: ["1", "2", "3"],
  backend: { type: "azurerm", container: "tfstate" },
  addresses: addressPlan("10.20.0.0/16"),
  internet: true,
  ownKeys: true,
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
  groups: { "risk-ml@acme.example": "1b2c3d4e-0000-4000-8000-0000000000b1" },
  devops: {
    organisation: "acme",
    project: "ml-platform",
    projectId: "1b2c3d4e-0000-4000-8000-0000000000a1",
    sourceConnection: "1b2c3d4e-0000-4000-8000-0000000000a2",
  },
  existing: {},
};

/** The same, cheap: no keys of its own, nothing protected. */
export const DEVELOPMENT: AzureSettings = { ...PRODUCTION, production: false, ownKeys: false };

export { only, resources, write } from "../support/bench";

/** What a test builds in. */
export type AzureBench = Bench<AzurePlatform>;

/** Synthesizes what `build` makes. Stacks by layer. */
export function onAzure(
  build: (bench: AzureBench) => void,
  settings: AzureSettings = PRODUCTION,
  options: BenchOptions = {},
): Record<string, SynthesizedStack> {
  return onPlatform(() => new AzurePlatform(settings), build, { ...options, ownKeys: settings.ownKeys });
}
