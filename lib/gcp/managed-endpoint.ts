// STUB
import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpManagedEndpoint extends IModelEndpoint {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpManagedEndpoint extends Construct {
  constructor(scope: Construct, id: string, props: ModelEndpointProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
