// STUB
import type { INotebooks, NotebooksProps } from "../contracts/notebooks";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpNotebooks extends INotebooks {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpNotebooks extends Construct {
  constructor(scope: Construct, id: string, props: NotebooksProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
