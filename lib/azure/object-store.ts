// STUB
import type { IObjectStore, ObjectStoreProps } from "../contracts/object-store";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureObjectStore extends Construct implements IObjectStore {
  readonly uri = "stub";
  readonly grants = { read: () => undefined, readWrite: () => undefined };

  constructor(scope: Construct, id: string, _props: ObjectStoreProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
