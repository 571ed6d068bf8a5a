import type { ClusterProps, ICluster } from "../contracts/cluster";
import { UserError } from "../core/errors";
import { Construct } from "../framework";
import { AzureClusterTelemetry } from "./cluster-telemetry";
import type { AzureEstate } from "./estate";
import { AzureNodePools } from "./node-pool";

const REFERENCE =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ContainerService\/managedClusters\/[^/]+$/;
const WHERE = "clouds.azure.existing";

/**
 * A cluster that somebody else made. The environment's node pools are put into it, and its logs and figures are sent to the
 * environment too; the cluster itself is left alone, and so are the rights of its nodes: whoever owns it lets them pull from the
 * environment's registry (`az aks update --attach-acr`) and turns its add-ons for logs and figures on.
 *
 * Its address is not computable and plans read nothing from the cloud, so `endpoint` is the cluster's address in Azure's API:
 * a GET of it answers with the address, and `az aks get-credentials` takes its parts.
 */
export class AzureExistingCluster extends Construct implements ICluster {
  readonly endpoint: string;
  readonly issuer: string;

  constructor(
    scope: Construct,
    id: string,
    { existing = "", pools, highAvailability = false }: ClusterProps,
    estate: AzureEstate,
  ) {
    super(scope, id);
    if (!REFERENCE.test(existing)) {
      throw new UserError({
        where: `${WHERE}.cluster`,
        message: `is ${JSON.stringify(existing)}, wanted is /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ContainerService/managedClusters/NAME`,
        fix: "Write what az aks show --query id shows",
      });
    }
    const { clusterIssuer, network } = estate.settings.existing;
    if (clusterIssuer === undefined) {
      throw new UserError({
        where: `${WHERE}.clusterIssuer`,
        message:
          "is missing: the environment's pods act as their identities by the cluster's tokens, so their issuer must be known",
        fix: "Write what az aks show --query oidcIssuerProfile.issuerUrl shows",
      });
    }
    if (pools.length > 0 && network === undefined) {
      throw new UserError({
        where: `${WHERE}.network`,
        message: "is missing: nodes stand in the network of their cluster, which is not the environment's own",
        fix: "Give the network that the cluster is in, or no pools",
      });
    }
    this.endpoint = `https://management.azure.com${existing}`;
    this.issuer = clusterIssuer;
    estate.share("clusterIssuer", clusterIssuer);
    new AzureClusterTelemetry(this, "Telemetry", { cluster: existing, own: false }, estate);
    new AzureNodePools(this, "Pools", { cluster: existing, pools, highAvailability }, estate);
  }
}
