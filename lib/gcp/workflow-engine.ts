// STUB
import type { IWorkflowEngine, WorkflowEngineProps } from "../contracts/workflow-engine";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpWorkflowEngine extends IWorkflowEngine {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpWorkflowEngine extends Construct {
  constructor(scope: Construct, id: string, props: WorkflowEngineProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
