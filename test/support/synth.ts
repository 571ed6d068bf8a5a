/**
 * Synthesizes constructs for tests the way the product does, with every trap of the engine closed: stacks are prepared,
 * validations run, error annotations and broken policies fail, no output and no resource vanishes, and no leftover of a
 * token or unescaped text passes.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Layer } from "../../lib/contracts/layers";
import { LayerStack } from "../../lib/core/layer-stack";
import { PolicyReview, type Rule } from "../../lib/core/policies";
import { RULES, vanished } from "../../lib/core/rules";
import { App, Aspects, LocalBackend, TerraformBackend, TerraformStack } from "../../lib/framework";
import { temporaryFolder } from "./folders";

/** A stack as Terraform reads it. */
export interface SynthesizedStack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly output: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>;
  readonly terraform: { readonly backend: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

export interface SynthTestOptions {
  /** @default RULES */
  readonly rules?: readonly Rule[];
  /** What a person wrote into the config. @default [] */
  readonly userText?: readonly string[];
  /** Whether it is held to what production is held to. @default false */
  readonly production?: boolean;
  /** Whether data is encrypted with the environment's own keys. @default false */
  readonly ownKeys?: boolean;
}

/** Synthesizes what `build` puts into an app. The stacks by name. */
export function synthApp(build: (app: App) => void, options: SynthTestOptions = {}): Record<string, SynthesizedStack> {
  const { rules = RULES, userText = [], production = false, ownKeys = false } = options;
  const outdir = join(temporaryFolder(), "out");
  mkdirSync(outdir);
  const app = new App({ outdir, stackTraces: false });
  build(app);
  const review = new PolicyReview(rules);
  const stacks = app.node.findAll().filter(TerraformStack.isStack);
  for (const stack of stacks) {
    Aspects.of(stack).add(review);
    if (!stack.node.findAll().some(TerraformBackend.isBackend)) {
      new LocalBackend(stack, { path: `state/${stack.node.id}.tfstate` });
    }
  }
  app.synth();
  const written = stacks.map((stack): [string, SynthesizedStack] => {
    const json = JSON.parse(readFileSync(join(outdir, "stacks", stack.node.id, "cdk.tf.json"), "utf8"));
    const lost = vanished(stack, json);
    if (lost.length > 0) throw new Error(`${stack.node.id}: the engine left out ${lost.join(", ")}`);
    review.read({ name: stack.node.id, json }, { userText, production, ownKeys });
    return [stack.node.id, { resource: {}, data: {}, output: {}, ...json }];
  });
  review.verdict([], "2026-01-01");
  return Object.fromEntries(written);
}

/** Synthesizes one layer. */
export function synthLayer(
  build: (stack: LayerStack) => void,
  { layer = "data", ...options }: SynthTestOptions & { readonly layer?: Layer } = {},
): SynthesizedStack {
  let name = "";
  const stacks = synthApp((app) => {
    const stack = new LayerStack(app, { environment: "test", layer });
    name = stack.node.id;
    build(stack);
  }, options);
  const stack = stacks[name];
  if (!stack) throw new Error(`no stack ${name}`);
  return stack;
}
