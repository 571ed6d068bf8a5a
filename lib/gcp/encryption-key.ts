// STUB
import type { EncryptionKeyProps, IEncryptionKey } from "../contracts/encryption-key";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpEncryptionKey extends IEncryptionKey {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpEncryptionKey extends Construct {
  constructor(scope: Construct, id: string, props: EncryptionKeyProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
