/** Azure for tests: settings of a careful environment, and layers synthesized on the platform. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { AzurePlatform } from "../../lib/azure/platform";
import type { Layer } from "../../lib/contracts/layers";
import { addressPlan } from "../../lib/core/address-plan";
import { LayerStack } from "../../lib/core/layer-stack";
import { type SynthesizedStack, synthApp } from "../support/synth";

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

/** What a test builds in: the platform, and its layers' stacks, attached as the stacks of the product are. */
export interface AzureBench {
  readonly platform: AzurePlatform;
  layer(layer: Layer): LayerStack;
}

/**
 * Synthesizes what `build` makes. Stacks by layer. Parts are tried with props that no production has, so the rules for
 * production alone are left to whole environments, unless `production` is true.
 */
export function onAzure(
  build: (bench: AzureBench) => void,
  settings: AzureSettings = PRODUCTION,
  { assume = false, production = false }: { readonly assume?: boolean; readonly production?: boolean } = {},
): Record<string, SynthesizedStack> {
  const layers = new Map<Layer, LayerStack>();
  const stacks = synthApp(
    (app) => {
      const platform = new AzurePlatform(settings);
      const layer = (name: Layer) => {
        const stack = layers.get(name) ?? new LayerStack(app, { environment: "test", layer: name, assume });
        if (!layers.has(name)) platform.attachTo(stack, name);
        layers.set(name, stack);
        return stack;
      };
      build({ platform, layer });
    },
    { production, ownKeys: settings.ownKeys },
  );
  return Object.fromEntries(
    [...layers].flatMap(([name, { node }]) => {
      const stack = stacks[node.id];
      return stack ? [[name, stack]] : [];
    }),
  );
}

/** Resources of a type, in the order of their addresses. */
export function resources(stack: SynthesizedStack | undefined, type: string): readonly Record<string, unknown>[] {
  return Object.entries(stack?.resource[type] ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, resource]) => resource as Record<string, unknown>);
}

/** The one resource of a type. */
export function only(stack: SynthesizedStack | undefined, type: string): Record<string, unknown> {
  const found = resources(stack, type);
  const [resource] = found;
  if (found.length !== 1 || !resource) throw new Error(`wanted one ${type}, there are ${found.length}`);
  return resource;
}

/** Writes stacks as `synth` does, to look at them with Terraform: FOLDER/stacks/test-LAYER/cdk.tf.json. */
export function write(stacks: Record<string, SynthesizedStack>, folder: string): void {
  for (const [layer, stack] of Object.entries(stacks)) {
    const directory = join(folder, "stacks", `test-${layer}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(withoutEmpty(stack), null, 2));
  }
}

/** Terraform refuses a section without anything in it. */
function withoutEmpty(stack: SynthesizedStack): object {
  return Object.fromEntries(Object.entries(stack).filter(([, section]) => Object.keys(section).length > 0));
}
