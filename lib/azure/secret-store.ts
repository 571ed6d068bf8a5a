// STUB
import type { ISecretStore } from "../contracts/secret-store";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureSecretStore extends Construct implements ISecretStore {
  readonly uri = "stub";
  readonly grants = { read: () => undefined };

  constructor(scope: Construct, id: string, _estate: AzureEstate) {
    super(scope, id);
  }

  secret(): string {
    return "stub";
  }
}
