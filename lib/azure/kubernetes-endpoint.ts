// STUB
import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureKubernetesEndpoint extends Construct implements IModelEndpoint {
  readonly uri = "https://stub";

  constructor(scope: Construct, id: string, _props: ModelEndpointProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
