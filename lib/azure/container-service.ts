// STUB
import type { ContainerServiceProps, IContainerService } from "../contracts/serving";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureContainerService extends Construct implements IContainerService {
  readonly uri = "https://qa.stub";

  constructor(scope: Construct, id: string, _props: ContainerServiceProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
