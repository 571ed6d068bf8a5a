// STUB
import type { INetwork, NetworkProps } from "../contracts/network";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpNetwork extends INetwork {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpNetwork extends Construct {
  constructor(scope: Construct, id: string, props: NetworkProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
