// STUB
import type { IModelRegistry, ModelRegistryProps } from "../contracts/model-registry";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureModelRegistry extends Construct implements IModelRegistry {
  readonly trackingUri = "stub";
  readonly grants = { use: () => undefined };

  constructor(scope: Construct, id: string, _props: ModelRegistryProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
