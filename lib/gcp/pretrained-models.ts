// STUB
import type { IPretrainedModels, PretrainedModelsProps } from "../contracts/model-services";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpPretrainedModels extends IPretrainedModels {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpPretrainedModels extends Construct {
  constructor(scope: Construct, id: string, props: PretrainedModelsProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
