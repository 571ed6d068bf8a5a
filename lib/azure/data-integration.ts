// STUB
import type { IDataIntegration } from "../contracts/data-services";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureDataIntegration extends Construct implements IDataIntegration {
  readonly uri = "https://stub";

  constructor(scope: Construct, id: string, _estate: AzureEstate) {
    super(scope, id);
  }
}
