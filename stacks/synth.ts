/** Turns environments into stacks that Terraform can run. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../environments/schema";
import { sha256, stableJson } from "../lib/core/hash";
import type { LayerStack } from "../lib/core/layer-stack";
import { assembleDocument } from "../lib/core/outputs";
import { PolicyReview } from "../lib/core/policies";
import { RULES, vanished } from "../lib/core/rules";
import { texts } from "../lib/core/walk";
import { App, Aspects } from "../lib/framework";
import { buildEnvironment } from "./estate";
import type { EnvironmentEntry, StackEntry, SynthManifest } from "./manifest";
import { beginDraft, commitDraft, dropDraft } from "./output-folder";
import { platformFor } from "./platform";

/** Where and how to synthesize. */
export interface SynthOptions {
  /** Where to write. Made when it is missing. */
  readonly outdir: string;
  /** Replace reads of other layers' state by the outputs' examples. @default false */
  readonly assume?: boolean;
  /**
   * These are all environments there are, so whatever else the folder holds is stale.
   * @default false - stacks of other environments in the folder stay as they are
   */
  readonly complete?: boolean;
  /** Day waivers are judged by, YYYY-MM-DD. @default - today, UTC */
  readonly today?: string;
}

/** One environment on its way. */
interface Built {
  readonly environment: Environment;
  readonly layers: readonly LayerStack[];
  readonly review: PolicyReview;
}

/**
 * Writes `<outdir>/stacks/<env>-<layer>/cdk.tf.json` and `<outdir>/manifest.json`, byte-equal for equal input. Nothing
 * in the folder changes when anything is wrong, and two at once do not mix.
 * @throws UserError with exit code 3 when a policy says no
 */
export async function synthesize(environments: readonly Environment[], options: SynthOptions): Promise<SynthManifest> {
  const { outdir, complete = false } = options;
  const folder = beginDraft(outdir);
  const drop = () => dropDraft(folder);
  // An interruption ends the process without coming back here.
  process.once("exit", drop);
  try {
    const manifest = writeDraft(folder, environments, options);
    return await commitDraft(outdir, { folder, manifest, complete });
  } finally {
    process.removeListener("exit", drop);
    drop();
  }
}

function writeDraft(folder: string, environments: readonly Environment[], options: SynthOptions): SynthManifest {
  // Stack traces hold machine paths and line numbers.
  const app = new App({ outdir: folder, stackTraces: false, hclOutput: false });
  const aside = new App({ outdir: join(folder, "aside"), stackTraces: false });
  const built = environments.map((environment) => build(app, aside, environment, options));
  app.synth();
  const engine = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as SynthManifest;
  const stacks: Record<string, StackEntry> = {};
  const entries: Record<string, EnvironmentEntry> = {};
  for (const { environment, layers, review } of built) {
    const deployed = layers.filter((layer) => layer.deployed);
    const context = {
      userText: texts(environment),
      production: environment.tier === "production",
      ownKeys: environment.encryption.ownKeys,
    };
    for (const layer of deployed) {
      const entry = engine.stacks[layer.node.id];
      if (!entry) throw new Error(`the engine left out ${layer.node.id}`);
      const json = rewrite(join(folder, entry.synthesizedStackPath));
      review.read({ name: layer.node.id, json: json.value }, context);
      const lost = vanished(layer, json.value);
      if (lost.length > 0) throw new Error(`${layer.node.id}: the engine left out ${lost.join(", ")}`);
      stacks[layer.node.id] = {
        ...entry,
        environment: environment.name,
        layer: layer.layer,
        digest: sha256(json.text),
      };
    }
    entries[environment.name] = {
      cloud: environment.cloud,
      stacks: deployed.map(({ node }) => node.id),
      outputs: assembleDocument(layers),
      assumed: deployed.flatMap((layer) => layer.assumed().map((read) => ({ stack: layer.node.id, ...read }))),
      waived: review.verdict(environment.policies.waivers, options.today ?? new Date().toISOString().slice(0, 10)),
    };
  }
  return { version: engine.version, stacks, environments: entries };
}

function build(app: App, aside: App, environment: Environment, { assume }: SynthOptions): Built {
  const platform = platformFor(environment);
  const layers = buildEnvironment(app, aside, { platform, environment, assume });
  const review = new PolicyReview(RULES);
  for (const layer of layers) if (layer.deployed) Aspects.of(layer).add(review);
  return { environment, layers, review };
}

/** Writes a stack's file again with sorted keys, so that equal content is equal bytes. */
function rewrite(file: string): { readonly text: string; readonly value: Record<string, unknown> } {
  const value = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const text = `${stableJson(value, 2)}\n`;
  writeFileSync(file, text);
  return { text, value };
}
