/** A stack that is one layer of one environment, with outputs that other layers and people read. */
import { LAYERS, type Layer, stackName } from "../contracts/layers";
import { OUTPUTS, type OutputEntry, type OutputKey } from "../contracts/outputs";
import { isLacking, type Lacking } from "../contracts/provided";
import { type Construct, type IConstruct, TerraformOutput, TerraformStack, Token } from "../framework";

/** An output's value, or the reason why there is none. */
export type OutputValue = string | number | Lacking;

/** A read of another layer's state that was answered by an example. */
export interface AssumedRead {
  readonly key: string;
  /** Stack that has the output. */
  readonly from: string;
  readonly example: string;
}

/** Which layer of which environment a stack is. */
export interface LayerStackProps {
  readonly environment: string;
  readonly layer: Layer;
  /** Answer reads of other layers' state by examples. @default false */
  readonly assume?: boolean;
  /** Whether it becomes a stack; where a platform has nothing in a layer, only its outputs are looked at. @default true */
  readonly deployed?: boolean;
}

/** The stack of one layer, with its share of the environment's document. */
export class LayerStack extends TerraformStack {
  readonly environment: string;
  readonly layer: Layer;
  readonly assume: boolean;
  readonly deployed: boolean;
  private readonly entries = new Map<OutputKey, OutputEntry>();
  private readonly keys = new Set<string>();
  private readonly reads = new Map<string, AssumedRead>();

  constructor(scope: Construct, { environment, layer, assume = false, deployed = true }: LayerStackProps) {
    super(scope, stackName(environment, layer));
    this.environment = environment;
    this.layer = layer;
    this.assume = assume;
    this.deployed = deployed;
  }

  /** The layer's stack that a construct belongs to. */
  static ofLayer(construct: IConstruct): LayerStack {
    const stack = TerraformStack.of(construct);
    if (stack instanceof LayerStack) return stack;
    throw new Error(`${construct.node.path} stands in ${stack.node.id}, which is no layer of an environment`);
  }

  /** Whether this layer is deployed before the other one. */
  comesBefore(other: LayerStack): boolean {
    return LAYERS.indexOf(this.layer) < LAYERS.indexOf(other.layer);
  }

  /** Fills keys of the environment's document. Each key belongs to one layer and is filled once. */
  publish(values: Partial<Readonly<Record<OutputKey, OutputValue>>>): void {
    for (const [key, value] of Object.entries(values) as [OutputKey, OutputValue][]) {
      const spec = OUTPUTS[key];
      if (spec.layer !== this.layer) {
        throw new Error(`${this.node.id}: output ${key} belongs to the layer ${spec.layer}`);
      }
      if (typeof value === "object" && isLacking(value)) {
        this.claim(key);
        this.entries.set(key, { ...spec, stack: null, lacking: value.lacking });
        continue;
      }
      const known = Token.isUnresolved(value) ? {} : { value: String(value) };
      this.addOutput(key, value, spec.description);
      this.entries.set(key, { ...spec, stack: this.deployed ? this.node.id : null, ...known });
    }
  }

  /** Adds a Terraform output under exactly this name. Two outputs of one name would silently become one. */
  addOutput(key: string, value: string | number, description: string): void {
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(key)) {
      throw new Error(`${this.node.id}: the output name ${JSON.stringify(key)} must be letters and digits only`);
    }
    if (!this.deployed && Token.isUnresolved(value)) {
      throw new Error(`${this.node.id} makes no stack on this platform, so its output ${key} must be known at synth`);
    }
    this.claim(key);
    new TerraformOutput(this, key, { value, description, staticId: true });
  }

  /** What the layer has published so far. */
  published(): ReadonlyMap<OutputKey, OutputEntry> {
    return this.entries;
  }

  /** What was assumed because another layer's state was not read. */
  assumed(): readonly AssumedRead[] {
    return [...this.reads.values()].sort((a, b) => (a.from + a.key < b.from + b.key ? -1 : 1));
  }

  /** Notes that a value of another layer was assumed. */
  noteAssumed(read: AssumedRead): void {
    this.reads.set(`${read.from}.${read.key}`, read);
  }

  private claim(key: string): void {
    if (this.keys.has(key)) throw new Error(`${this.node.id}: two outputs are called ${key}`);
    this.keys.add(key);
  }
}
