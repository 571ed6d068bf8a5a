// STUB
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureContainerEnvironment extends Construct {
  constructor(scope: Construct, id: string, _estate: AzureEstate) {
    super(scope, id);
  }
}
