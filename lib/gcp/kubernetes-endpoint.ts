import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServable } from "../core/google-serving-limits";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { ComputeAddress } from "./bindings";
import { GcpHost } from "./dns";
import type { GcpEstate } from "./estate";
import { GcpServingSettings } from "./serving-settings";

/**
 * What an internal Gateway's address is reserved for: its load balancer listens for HTTP and for HTTPS with one address,
 * which takes an address that may be shared.
 * https://cloud.google.com/load-balancing/docs/l7-internal#forwarding-rules-same-ip
 */
const SHARED = "SHARED_LOADBALANCER_VIP";

/**
 * Production on the cluster, as far as it lies outside of it: the address and name that clients call, and the settings of
 * the model servers. The Gateway on the cluster takes the address by its name; Gateway, servers and weights are the
 * in-cluster layer's and the release's.
 *
 * A public address is a regional one, so that requests are decrypted in the environment's region only.
 */
export class GcpKubernetesEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(scope: Construct, id: string, props: ModelEndpointProps, estate: GcpEstate) {
    super(scope, id);
    requireServable(props);
    const { logging, expose, host } = props;
    new GcpServingSettings(this, "Settings", { place: "production", logging }, estate);
    const address = handOver(this, {
      key: "servingAddress",
      value: this.reserve(expose, estate).address,
      example: expose === "public" ? "203.0.113.10" : "10.20.124.10",
      description: "IP address of the Gateway that production is served through",
    });
    const visibility = expose === "public" ? "public" : "private";
    if (host === undefined) {
      this.uri = `http://${address}`;
    } else {
      const zone = estate.settings.existing.dnsZone;
      new GcpHost(this, "Host", { host, address, visibility, zone, role: "serving" }, estate);
      this.uri = `https://${host}`;
    }
  }

  private reserve(expose: ModelEndpointProps["expose"], estate: GcpEstate): ComputeAddress {
    const reach =
      expose === "public"
        ? { addressType: "EXTERNAL", networkTier: "PREMIUM" }
        : { addressType: "INTERNAL", purpose: SHARED, subnetwork: estate.subnet("endpoints") };
    return new ComputeAddress(this, "Address", {
      name: estate.name("address", "serving"),
      description: "What clients of production call",
      region: estate.settings.region,
      labels: estate.labels(this),
      ...reach,
    });
  }
}
