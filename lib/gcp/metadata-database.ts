// STUB
import type { IMetadataDatabase, MetadataDatabaseProps } from "../contracts/metadata-database";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpMetadataDatabase extends IMetadataDatabase {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpMetadataDatabase extends Construct {
  constructor(scope: Construct, id: string, props: MetadataDatabaseProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
