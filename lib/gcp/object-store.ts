// STUB
import type { IObjectStore, ObjectStoreProps } from "../contracts/object-store";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpObjectStore extends IObjectStore {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpObjectStore extends Construct {
  constructor(scope: Construct, id: string, props: ObjectStoreProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
