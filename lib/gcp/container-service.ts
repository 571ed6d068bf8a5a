// STUB
import type { IContainerService, ModelServerProps } from "../contracts/serving";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpContainerService extends IContainerService {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpContainerService extends Construct {
  constructor(scope: Construct, id: string, props: ModelServerProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
