import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServable } from "../core/google-serving-limits";
import { SIZES } from "../core/sizes";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";
import { mailOf } from "./identity-roles";
import { GcpRunService } from "./run-service";
import { GcpServingSettings, scoringContainer } from "./serving-settings";

/**
 * Production on Cloud Run: stable and canary are revisions of one service, and its traffic is the release's. Clients need
 * the right to invoke it; public means reachable from the internet with that right. Its address is Cloud Run's own,
 * known before it is made.
 */
export class GcpServerlessEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(scope: Construct, id: string, props: ModelEndpointProps, estate: GcpEstate) {
    super(scope, id);
    requireServable(props);
    const { logging, identity, expose, replicas, class: size } = props;
    const settings = new GcpServingSettings(this, "Settings", { place: "production", logging }, estate);
    const { vcpu, memory } = SIZES[size];
    const service = new GcpRunService(
      this,
      "Run",
      {
        role: "serving",
        account: mailOf(identity),
        containers: [scoringContainer(settings, { cpu: String(vcpu), memory: `${memory}Gi` }, estate)],
        ingress: expose === "public" ? "all" : "internal",
        instances: replicas,
        releaseOwned: true,
        // Predictions are logged beside the requests, also after the last of them.
        alwaysOnCpu: true,
      },
      estate,
    );
    this.uri = service.uri;
  }
}
