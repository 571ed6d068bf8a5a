import { LAYERS, type Layer } from "../lib/contracts/layers";
import type { LayerStack } from "../lib/core/layer-stack";
import type { Construct } from "../lib/framework";
import { ComputeStack } from "./compute";
import { DataStack } from "./data";
import { DeliveryStack } from "./delivery";
import { FoundationStack } from "./foundation";
import { MlStack } from "./ml";
import { NetworkStack } from "./network";
import { ObservabilityStack } from "./observability";
import type { StackProps } from "./platform-stack";
import { ServingStack } from "./serving";

/** Layers that have a stack. `platform` and `teams` hold what lies inside a cluster: they come with the first platform that has one. */
export const BUILT_LAYERS: readonly Layer[] = LAYERS.filter((layer) => layer !== "platform" && layer !== "teams");

/**
 * An environment as its layers, in the order they are deployed; each depends on the one before.
 * @param app where the layers' stacks stand
 * @param aside where layers stand that this platform has nothing in: they are looked at for their outputs only
 */
export function buildEnvironment(app: Construct, aside: Construct, props: StackProps): readonly LayerStack[] {
  const { platform } = props;
  const unbuilt = platform.layers.filter((layer) => !BUILT_LAYERS.includes(layer));
  if (unbuilt.length > 0)
    throw new Error(`the ${platform.cloud} platform has layers without a stack: ${unbuilt.join(", ")}`);
  const scope = (layer: Layer) => (platform.layers.includes(layer) ? app : aside);

  const foundation = new FoundationStack(scope("foundation"), props);
  const network = new NetworkStack(scope("network"), props);
  const data = new DataStack(scope("data"), props);
  const compute = new ComputeStack(scope("compute"), props);
  const ml = new MlStack(scope("ml"), { ...props, data });
  const delivery = new DeliveryStack(scope("delivery"), { ...props, data, ml });
  const serving = new ServingStack(scope("serving"), { ...props, data });
  const observability = new ObservabilityStack(scope("observability"), props);

  const layers = [foundation, network, data, compute, ml, delivery, serving, observability];
  const deployed = layers.filter((layer) => layer.deployed);
  for (const [index, layer] of deployed.entries()) {
    const before = deployed[index - 1];
    if (before) layer.addDependency(before);
  }
  return layers;
}
