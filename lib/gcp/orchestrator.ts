// STUB
import type { IOrchestrator, OrchestratorProps } from "../contracts/orchestrator";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpOrchestrator extends IOrchestrator {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpOrchestrator extends Construct {
  constructor(scope: Construct, id: string, props: OrchestratorProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
