import { outputOf } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** The private network. */
export class NetworkStack extends PlatformStack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, "network", props);
    const { cidr, ranges, internet, existing } = props.environment.network;
    const network = this.platform.network(this, "Network", { cidr, ranges, internet, existing });

    this.publish({ networkReference: outputOf(network, ({ reference }) => reference) });
  }
}
