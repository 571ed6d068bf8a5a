import type { Construct } from "../framework";

export interface BudgetProps {
  /** Per month, in `currency`. */
  readonly monthly: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Percentages that raise an alert. */
  readonly alertAt: readonly number[];
}

export interface IBudget extends Construct {
  readonly reference: string;
}
