import type { ClusterProps, ICluster } from "../contracts/cluster";
import { UserError } from "../core/errors";
import { Construct } from "../framework";
import { issuerOf } from "./cluster";
import type { GcpEstate } from "./estate";
import { GcpNodeAccount } from "./node-account";
import { GcpNodePools } from "./node-pool";

const REFERENCE = /^projects\/[^/]+\/locations\/([^/]+)\/clusters\/[^/]+$/;

/**
 * A cluster that somebody else made. The environment's node pools are put into it, under their own account; the cluster
 * itself and the project's policy on images are left alone.
 *
 * Its DNS endpoint is not computable and plans read nothing from the cloud, so `endpoint` is the cluster's address in the
 * GKE API: a GET of it answers with the endpoint, and `gcloud container clusters get-credentials` takes its parts.
 */
export class GcpExistingCluster extends Construct implements ICluster {
  readonly endpoint: string;
  readonly issuer: string;

  constructor(scope: Construct, id: string, { existing = "", pools }: ClusterProps, estate: GcpEstate) {
    super(scope, id);
    const location = REFERENCE.exec(existing)?.[1];
    if (location === undefined) {
      throw new UserError({
        where: "clouds.gcp.existing.cluster",
        message: `is ${JSON.stringify(existing)}, wanted is projects/PROJECT/locations/PLACE/clusters/NAME`,
        fix: "Write what gcloud container clusters list --uri shows after /v1/",
      });
    }
    this.endpoint = issuerOf(existing);
    this.issuer = issuerOf(existing);
    if (pools.length === 0) return;
    const nodes = new GcpNodeAccount(this, "Nodes", estate);
    const place = { cluster: existing, location, account: nodes.email, dependsOn: nodes.rights };
    new GcpNodePools(this, "Pools", { ...place, pools, system: false }, estate);
  }
}
