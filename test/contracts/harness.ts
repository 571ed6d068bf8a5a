/** What the conformance suite needs of a platform. A new cloud is one more entry in `platforms.ts`. */
import type { Layer } from "../../lib/contracts/layers";
import type { IPlatform } from "../../lib/contracts/platform";
import { isLacking, type Provided } from "../../lib/contracts/provided";
import { LayerStack } from "../../lib/core/layer-stack";
import { type SynthesizedStack, synthApp } from "../support/synth";

/** Methods of a platform that make a part. */
export type PartMethod = Exclude<keyof IPlatform, "cloud" | "layers" | "attachTo">;

export interface PlatformUnderTest {
  readonly cloud: string;
  readonly create: () => IPlatform;
  /** What stands in a layer, in the platform's own words: part names, resource types. Sorted. */
  readonly made: (stack: SynthesizedStack) => readonly string[];
  /** What each method is to make, in those words, when it is called as the contract's check calls it; or that it is lacking. */
  readonly makes: Readonly<Record<PartMethod, readonly string[] | "lacking">>;
  /** Whether Kubeflow Pipelines finds a MySQL server beside the metadata database, when that is asked for. */
  readonly pipelineStore: boolean;
  /** Whether a secret is there before somebody writes its value; where it is not, it has a reference and rights on it. */
  readonly declaresSecrets: boolean;
  /** Form of the addresses that the platform gives. */
  readonly address: RegExp;
}

/** A layer of the platform under test, attached. */
export interface Bench {
  readonly platform: IPlatform;
  /** A layer's stack, made at the first call; attached where the platform has something in it, as the stacks do. */
  layer(layer: Layer): LayerStack;
}

/** Synthesizes what `build` makes on a platform. Stacks by layer. */
export function onPlatform(
  platform: IPlatform,
  build: (bench: Bench) => void,
): Partial<Record<Layer, SynthesizedStack>> {
  const layers = new Map<Layer, LayerStack>();
  const stacks = synthApp((app) => {
    const layer = (name: Layer): LayerStack => {
      const known = layers.get(name);
      if (known) return known;
      // What a platform always has stands in its first layer, which is there before any other.
      if (name !== "foundation") layer("foundation");
      const deployed = platform.layers.includes(name);
      const stack = new LayerStack(app, { environment: "test", layer: name, deployed });
      if (deployed) platform.attachTo(stack, name);
      layers.set(name, stack);
      return stack;
    };
    build({ platform, layer });
  });
  return Object.fromEntries([...layers].map(([name, stack]) => [name, stacks[stack.node.id]]));
}

/** Throws when the platform does not keep the contract. */
export type Check = (given: PlatformUnderTest) => void;

/** The stack of a layer that a check has built. */
export function stackOf(stacks: Partial<Record<Layer, SynthesizedStack>>, layer: Layer): SynthesizedStack {
  const stack = stacks[layer];
  if (!stack) throw new Error(`no stack of the layer ${layer}`);
  return stack;
}

/** A part that must be there. */
export function provided<T extends object>(part: Provided<T>): T {
  if (isLacking(part)) throw new Error(`is lacking: ${part.lacking}`);
  return part;
}
