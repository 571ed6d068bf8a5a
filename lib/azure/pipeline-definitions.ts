// STUB
import type { IPipelineDefinitions, PipelineDefinitionsProps } from "../contracts/pipeline-definitions";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzurePipelineDefinitions extends Construct implements IPipelineDefinitions {
  readonly settings = {};

  constructor(scope: Construct, id: string, _props: PipelineDefinitionsProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
