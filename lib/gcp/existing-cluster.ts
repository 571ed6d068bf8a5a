// STUB
import type { ClusterProps, ICluster } from "../contracts/cluster";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpExistingCluster extends ICluster {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpExistingCluster extends Construct {
  constructor(scope: Construct, id: string, props: ClusterProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
