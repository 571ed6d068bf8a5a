// STUB
import type { BudgetProps, IBudget } from "../contracts/budget";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpBudget extends IBudget {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpBudget extends Construct {
  constructor(scope: Construct, id: string, props: BudgetProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
