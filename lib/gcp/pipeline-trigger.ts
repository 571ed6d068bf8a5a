// STUB
import type { IPipelineTrigger, PipelineTriggerProps } from "../contracts/pipeline-trigger";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpPipelineTrigger extends IPipelineTrigger {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpPipelineTrigger extends Construct {
  constructor(scope: Construct, id: string, props: PipelineTriggerProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
