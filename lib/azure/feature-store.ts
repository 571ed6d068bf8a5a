// STUB
import type { FeatureStoreProps, IFeatureStore } from "../contracts/feature-store";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureFeatureStore extends Construct implements IFeatureStore {
  readonly offlineUri = "stub";
  readonly onlineUri = "stub2";
  readonly grants = { read: () => undefined, readWrite: () => undefined };

  constructor(scope: Construct, id: string, _props: FeatureStoreProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
