// STUB
import type { DataProcessingProps, IDataProcessing } from "../contracts/data-services";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpDataProcessing extends IDataProcessing {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpDataProcessing extends Construct {
  constructor(scope: Construct, id: string, props: DataProcessingProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
