// STUB
import type { IDataIntegration } from "../contracts/data-services";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpDataIntegration extends IDataIntegration {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpDataIntegration extends Construct {
  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    void estate;
  }
}
