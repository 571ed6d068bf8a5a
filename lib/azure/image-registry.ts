// STUB
import type { IImageRegistry } from "../contracts/image-registry";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureImageRegistry extends Construct implements IImageRegistry {
  readonly prefix = "stub";
  readonly grants = { pull: () => undefined, push: () => undefined };

  constructor(scope: Construct, id: string, _estate: AzureEstate) {
    super(scope, id);
  }
}
