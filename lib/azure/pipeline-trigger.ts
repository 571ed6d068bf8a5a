// STUB
import type { IPipelineTrigger, PipelineTriggerProps } from "../contracts/pipeline-trigger";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzurePipelineTrigger extends Construct implements IPipelineTrigger {
  readonly uri = "https://stub";

  constructor(scope: Construct, id: string, _props: PipelineTriggerProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
