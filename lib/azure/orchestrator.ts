// STUB
import type { IOrchestrator, OrchestratorProps } from "../contracts/orchestrator";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureOrchestrator extends Construct implements IOrchestrator {
  readonly submitUri = "stub";
  readonly format = "azureml";
  readonly tensorBoard = null;

  constructor(scope: Construct, id: string, _props: OrchestratorProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
