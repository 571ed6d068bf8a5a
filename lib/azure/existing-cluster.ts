// STUB
import type { ClusterProps, ICluster } from "../contracts/cluster";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureExistingCluster extends Construct implements ICluster {
  readonly endpoint = "stub";
  readonly issuer = "https://stub";

  constructor(scope: Construct, id: string, _props: ClusterProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
