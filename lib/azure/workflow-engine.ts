// STUB
import type { IWorkflowEngine, WorkflowEngineProps } from "../contracts/workflow-engine";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureWorkflowEngine extends Construct implements IWorkflowEngine {
  readonly uri = "https://stub";

  constructor(scope: Construct, id: string, _props: WorkflowEngineProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
