/** A platform under test: layers that are synthesized on it, and what they hold. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Layer } from "../../lib/contracts/layers";
import type { IPlatform } from "../../lib/contracts/platform";
import { LayerStack } from "../../lib/core/layer-stack";
import { type SynthesizedStack, synthApp } from "./synth";

/** What a test builds in: the platform, and its layers' stacks, attached as the stacks of the product are. */
export interface Bench<P extends IPlatform> {
  readonly platform: P;
  layer(layer: Layer): LayerStack;
}

/** How a test builds. */
export interface BenchOptions {
  /** Whether examples stand for what other layers hand over. @default false */
  readonly assume?: boolean;
  /** Whether it is held to what production is held to. @default false */
  readonly production?: boolean;
}

/**
 * Synthesizes what `build` makes. Stacks by layer. Parts are tried with props that no production has, so the rules for
 * production alone are left to whole environments, unless `production` is true.
 */
export function onPlatform<P extends IPlatform>(
  make: () => P,
  build: (bench: Bench<P>) => void,
  { assume = false, production = false, ownKeys }: BenchOptions & { readonly ownKeys: boolean },
): Record<string, SynthesizedStack> {
  const layers = new Map<Layer, LayerStack>();
  const stacks = synthApp(
    (app) => {
      const platform = make();
      const layer = (name: Layer) => {
        const stack = layers.get(name) ?? new LayerStack(app, { environment: "test", layer: name, assume });
        if (!layers.has(name)) platform.attachTo(stack, name);
        layers.set(name, stack);
        return stack;
      };
      build({ platform, layer });
    },
    { production, ownKeys },
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
