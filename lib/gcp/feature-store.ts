// STUB
import type { FeatureStoreProps, IFeatureStore } from "../contracts/feature-store";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpFeatureStore extends IFeatureStore {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpFeatureStore extends Construct {
  constructor(scope: Construct, id: string, props: FeatureStoreProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
