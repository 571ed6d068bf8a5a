// STUB
import type { ITraining, TrainingProps } from "../contracts/training";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpTraining extends ITraining {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpTraining extends Construct {
  constructor(scope: Construct, id: string, props: TrainingProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
