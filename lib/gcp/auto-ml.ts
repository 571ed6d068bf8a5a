// STUB
import type { AutoMlProps, IAutoMl } from "../contracts/model-services";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpAutoMl extends IAutoMl {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpAutoMl extends Construct {
  constructor(scope: Construct, id: string, props: AutoMlProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
