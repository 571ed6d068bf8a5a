// STUB
import type { EncryptionKeyProps, IEncryptionKey } from "../contracts/encryption-key";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureEncryptionKey extends Construct implements IEncryptionKey {
  readonly reference = "stub";

  constructor(scope: Construct, id: string, _props: EncryptionKeyProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
