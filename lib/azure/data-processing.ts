// STUB
import type { DataProcessingProps, IDataProcessing } from "../contracts/data-services";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureDataProcessing extends Construct implements IDataProcessing {
  readonly reference = "stub";

  constructor(scope: Construct, id: string, _props: DataProcessingProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
