// STUB
import type { AutoMlProps, IAutoMl } from "../contracts/model-services";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureAutoMl extends Construct implements IAutoMl {
  readonly reference = "stub";

  constructor(scope: Construct, id: string, _props: AutoMlProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
