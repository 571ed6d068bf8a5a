import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServableOnAzure } from "../core/azure-serving-limits";
import { stableJson } from "../core/hash";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { PublicIp } from "./bindings";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";
import { AzureHost } from "./host";
import { gatewayAddress } from "./parts/serving-address";

/** What a cluster needs on an address of another group, https://learn.microsoft.com/en-us/azure/aks/static-ip. */
const TAKE = "Network Contributor";

/**
 * Production on the cluster, as far as it lies outside of it: the address and name that clients call, and the settings of the
 * model servers, which stand in this layer's outputs. The load balancer of the cluster's gateway takes the address: a public
 * one by its name, an internal one out of the subnet `instances`, where nothing reserves it but this decision. Gateway,
 * servers and weights are the in-cluster layer's and the release's.
 *
 * A public address stands outside of the cluster's own group, so the cluster is given the right to take it. Whoever owns an
 * existing cluster gives it that right (`Network Contributor` on the address).
 */
export class AzureKubernetesEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(scope: Construct, id: string, props: ModelEndpointProps, estate: AzureEstate) {
    super(scope, id);
    requireServableOnAzure(props);
    const { logging, expose, host } = props;
    handOver(this, {
      key: "servingSettings",
      value: stableJson({ logging }),
      example: stableJson({ logging }),
      description: "How the model servers log predictions, JSON",
    });
    const address = handOver(this, {
      key: "servingAddress",
      value: expose === "public" ? this.publicAddress(estate) : gatewayAddress(estate.settings.addresses),
      example: expose === "public" ? "203.0.113.10" : gatewayAddress(estate.settings.addresses),
      description: "IP address of the gateway that production is served through",
    });
    if (host === undefined) {
      this.uri = `http://${address}`;
    } else {
      const visibility = expose === "public" ? "public" : "private";
      new AzureHost(this, "Host", { host, address, visibility, role: "serving" }, estate);
      this.uri = `https://${host}`;
    }
  }

  private publicAddress(estate: AzureEstate): string {
    const { zones, production } = estate.settings;
    const address = new PublicIp(this, "Address", {
      name: estate.name("address", "serving"),
      ...estate.placed(this),
      allocationMethod: "Static",
      sku: "Standard",
      zones: [...zones],
      lifecycle: production ? { preventDestroy: true } : {},
    });
    if (estate.settings.existing.cluster === undefined) {
      assignRole(this, "Take", { principal: estate.shared("clusterPrincipal"), role: TAKE, scope: address.id });
    }
    return address.ipAddress;
  }
}
