import type { Environment } from "../environments/schema";
import type { Layer } from "../lib/contracts/layers";
import type { IPlatform } from "../lib/contracts/platform";
import { LayerStack } from "../lib/core/layer-stack";
import type { Construct } from "../lib/framework";

/** What every layer is built from. */
export interface StackProps {
  readonly platform: IPlatform;
  readonly environment: Environment;
  /** Answer reads of other layers' state by examples. @default false */
  readonly assume?: boolean;
}

/** One layer of an environment on a platform, with the backend and providers the platform attaches. */
export class PlatformStack extends LayerStack {
  protected readonly platform: IPlatform;

  constructor(scope: Construct, layer: Layer, { platform, environment, assume }: StackProps) {
    const deployed = platform.layers.includes(layer);
    super(scope, { environment: environment.name, layer, assume, deployed });
    this.platform = platform;
    if (deployed) platform.attachTo(this, layer);
  }
}
