import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServableOnAzure } from "../core/azure-serving-limits";
import { SIZES } from "../core/sizes";
import { Construct } from "../framework";
import { AzureContainerApp } from "./container-app";
import type { AzureEstate } from "./estate";
import { scoringContainer } from "./serving-settings";
import { azureIdentity } from "./workload-identity";

/** Container Apps give twice as many GiB as vCPU. */
const GIB_PER_VCPU = 2;

/**
 * Production on Container Apps: stable and canary are revisions of one app, and its traffic is the release's. Whoever is in
 * the network may call it.
 */
export class AzureServerlessEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(scope: Construct, id: string, props: ModelEndpointProps, estate: AzureEstate) {
    super(scope, id);
    requireServableOnAzure(props);
    const { logging, identity, replicas } = props;
    const { vcpu, memory } = SIZES[props.class];
    const cpu = Math.max(vcpu, memory / GIB_PER_VCPU);
    const size = { cpu, memoryGiB: cpu * GIB_PER_VCPU };
    const { uri } = new AzureContainerApp(
      this,
      "App",
      {
        role: "serving",
        identity: azureIdentity(identity),
        containers: [scoringContainer({ place: "production", logging }, size, estate)],
        ingress: "internal",
        instances: replicas,
        releaseOwned: true,
        uriKey: "servingHost",
      },
      estate,
    );
    this.uri = uri;
  }
}
