// STUB
import type { CiIdentitiesProps, ICiIdentities } from "../contracts/ci-identities";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureCiIdentities extends Construct implements ICiIdentities {
  readonly plan = "a";
  readonly apply = "b";
  readonly provider = "c";

  constructor(scope: Construct, id: string, _props: CiIdentitiesProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
