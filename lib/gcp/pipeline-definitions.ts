// STUB
import type { IPipelineDefinitions, PipelineDefinitionsProps } from "../contracts/pipeline-definitions";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpPipelineDefinitions extends IPipelineDefinitions {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpPipelineDefinitions extends Construct {
  constructor(scope: Construct, id: string, props: PipelineDefinitionsProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
