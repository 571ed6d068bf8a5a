// STUB
import type { DeliveryProps, IDelivery } from "../contracts/delivery";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureDelivery extends Construct implements IDelivery {
  readonly connection = "stub";
  readonly triggers = {};

  constructor(scope: Construct, id: string, _props: DeliveryProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
