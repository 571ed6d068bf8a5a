/** Values that travel between layers, and the environment's document. */
import { OUTPUTS, type OutputEntry, type OutputKey } from "../contracts/outputs";
import { isLacking, type Provided } from "../contracts/provided";
import { type Construct, type IResolvable, type IResolveContext, Token } from "../framework";
import { LayerStack, type OutputValue } from "./layer-stack";

/** A value that only the deployed layer knows: an address, an issuer, a principal's id. */
export interface InventedValue {
  /** Name of the Terraform output: letters and digits. */
  readonly key: string;
  /** The value inside its own layer. */
  readonly value: string;
  /** A value of the right form: stands in for the real one with `--assume`. */
  readonly example: string;
  readonly description: string;
}

/**
 * Makes a value readable from every later layer. In its own layer it is the value itself; elsewhere it is a read of
 * the layer's state by an output with this name, or the example when reads are assumed.
 */
export function handOver(scope: Construct, invented: InventedValue): string {
  const owner = LayerStack.ofLayer(scope);
  owner.addOutput(invented.key, invented.value, invented.description);
  return Token.asString(new HandedOver(owner, invented));
}

class HandedOver implements IResolvable {
  readonly creationStack = [];

  constructor(
    private readonly owner: LayerStack,
    private readonly invented: InventedValue,
  ) {}

  resolve(context: IResolveContext): string {
    const reader = LayerStack.ofLayer(context.scope);
    const { key, value, example } = this.invented;
    // Inside an expression a plain text has to be written as one.
    const plain = (text: string) => (context.suppressBraces ? JSON.stringify(text) : text);
    if (reader === this.owner) return Token.isUnresolved(value) ? value : plain(value);
    if (!this.owner.comesBefore(reader)) {
      throw new Error(`${reader.node.id} reads ${key} of ${this.owner.node.id}, which is deployed after it`);
    }
    reader.addDependency(this.owner);
    if (reader.assume) {
      reader.noteAssumed({ key, from: this.owner.node.id, example });
      return plain(example);
    }
    // Repeatable: the engine keeps one read per pair of stacks.
    return reader.registerIncomingCrossStackReference(this.owner).getString(key);
  }

  toString(): string {
    return Token.asString(this);
  }

  toJSON(): string {
    return `<${this.owner.node.id}.${this.invented.key}>`;
  }
}

/** A value of a part, or the reason why there is none. */
export function outputOf<T extends object>(part: Provided<T>, read: (part: T) => string | number | null): OutputValue {
  if (isLacking(part)) return part;
  return read(part) ?? { lacking: "not used on this platform" };
}

/** A part that the environment's config switches off. */
export function switchedOff(path: string): { readonly lacking: string } {
  return { lacking: `switched off by ${path}` };
}

/** Makes a part of others; when one of those is lacking, so is this one, for the same reason. */
export function whenProvided<P extends Record<string, object>, T extends object>(
  parts: { readonly [K in keyof P]: Provided<P[K]> },
  make: (parts: P) => Provided<T>,
): Provided<T> {
  for (const part of Object.values(parts) as Provided<object>[]) {
    if (isLacking(part)) return part;
  }
  return make(parts as P);
}

/**
 * The environment's document as far as it is known before deployment: every key, on every cloud.
 * @param layers the environment's layers, those without a stack of their own included
 */
export function assembleDocument(layers: readonly LayerStack[]): Readonly<Record<OutputKey, OutputEntry>> {
  const document = new Map<OutputKey, OutputEntry>();
  for (const layer of layers) for (const [key, entry] of layer.published()) document.set(key, entry);
  const entries = (Object.keys(OUTPUTS) as OutputKey[]).map((key): [OutputKey, OutputEntry] => {
    const { layer } = OUTPUTS[key];
    const entry = document.get(key);
    if (entry) return [key, entry];
    if (layers.some((stack) => stack.layer === layer)) throw new Error(`the layer ${layer} does not publish ${key}`);
    return [key, { ...OUTPUTS[key], stack: null, lacking: `this platform has no layer ${layer}` }];
  });
  return Object.fromEntries(entries) as Record<OutputKey, OutputEntry>;
}
