// STUB
import type { IPretrainedModels, PretrainedModelsProps } from "../contracts/model-services";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzurePretrainedModels extends Construct implements IPretrainedModels {
  readonly uri = "https://stub";

  constructor(scope: Construct, id: string, _props: PretrainedModelsProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
