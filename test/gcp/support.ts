/** Google Cloud for tests: settings of a careful environment, and layers synthesized on the platform. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Layer } from "../../lib/contracts/layers";
import { addressPlan } from "../../lib/core/address-plan";
import { LayerStack } from "../../lib/core/layer-stack";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { GcpPlatform } from "../../lib/gcp/platform";
import { type SynthesizedStack, synthApp } from "../support/synth";

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

/** What a test builds in: the platform, and its layers' stacks, attached as the stacks of the product are. */
export interface GcpBench {
  readonly platform: GcpPlatform;
  layer(layer: Layer): LayerStack;
}

/**
 * Synthesizes what `build` makes. Stacks by layer. Parts are tried with props that no production has, so the rules for
 * production alone are left to whole environments, unless `production` is true.
 */
export function onGcp(
  build: (bench: GcpBench) => void,
  settings: GcpSettings = PRODUCTION,
  { assume = false, production = false }: { readonly assume?: boolean; readonly production?: boolean } = {},
): Record<string, SynthesizedStack> {
  const layers = new Map<Layer, LayerStack>();
  const stacks = synthApp(
    (app) => {
      const platform = new GcpPlatform(settings);
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
