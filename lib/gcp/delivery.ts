// STUB
import type { DeliveryProps, IDelivery } from "../contracts/delivery";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpDelivery extends IDelivery {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpDelivery extends Construct {
  constructor(scope: Construct, id: string, props: DeliveryProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
