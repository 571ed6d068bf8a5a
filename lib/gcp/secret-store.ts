// STUB
import type { ISecretStore } from "../contracts/secret-store";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpSecretStore extends ISecretStore {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpSecretStore extends Construct {
  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    void estate;
  }
}
