import { outputOf } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** What computes: the Kubernetes cluster with its node pools. */
export class ComputeStack extends PlatformStack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, "compute", props);
    const { pools, ...kubernetes } = props.environment.kubernetes;
    const cluster = this.platform.cluster(this, "Cluster", {
      ...kubernetes,
      pools: Object.entries(pools).map(([name, pool]) => ({ name, ...pool })),
    });

    this.publish({
      clusterEndpoint: outputOf(cluster, ({ endpoint }) => endpoint),
      clusterIssuer: outputOf(cluster, ({ issuer }) => issuer),
    });
  }
}
