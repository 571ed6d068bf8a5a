// STUB
import type { CiIdentitiesProps, ICiIdentities } from "../contracts/ci-identities";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpCiIdentities extends ICiIdentities {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpCiIdentities extends Construct {
  constructor(scope: Construct, id: string, props: CiIdentitiesProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
