import type { Construct } from "../framework";

/** How much may be spent, and when somebody is told. */
export interface BudgetProps {
  /** Per month, in `currency`. */
  readonly monthly: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Percentages that raise an alert. */
  readonly alertAt: readonly number[];
}

/** A budget with its alerts. */
export interface IBudget extends Construct {
  readonly reference: string;
}
