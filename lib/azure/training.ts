// STUB
import type { ITraining, TrainingProps } from "../contracts/training";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureTraining extends Construct implements ITraining {
  readonly reference = "stub";

  constructor(scope: Construct, id: string, _props: TrainingProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
