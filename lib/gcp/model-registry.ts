// STUB
import type { IModelRegistry, ModelRegistryProps } from "../contracts/model-registry";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpModelRegistry extends IModelRegistry {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpModelRegistry extends Construct {
  constructor(scope: Construct, id: string, props: ModelRegistryProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
