// STUB
import type { BudgetProps, IBudget } from "../contracts/budget";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureBudget extends Construct implements IBudget {
  readonly reference = "stub";

  constructor(scope: Construct, id: string, _props: BudgetProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
