// STUB
import type { IImageRegistry } from "../contracts/image-registry";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpImageRegistry extends IImageRegistry {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpImageRegistry extends Construct {
  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    void estate;
  }
}
