import type { Construct } from "../framework";

/** How much may be spent, and when somebody is told. */
export interface BudgetProps {
  /** Per month, in `currency`. */
  readonly monthly: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Percentages that raise an alert. */
  readonly alertAt: readonly number[];
  /** Who is written to. @default - the account's billing administrators */
  readonly email?: readonly string[];
}

/** A budget with its alerts. */
export interface IBudget extends Construct {
  /** What the platform's own tools name it by. */
  readonly reference: string;
}
