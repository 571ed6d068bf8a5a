import type { Construct } from "../framework";

/** How one branch or tag reaches one environment. */
export interface DeliveryRule {
  /** Exact branch name. Exactly one of branch and tag is set. */
  readonly branch?: string;
  /** Tag pattern such as `v*`. */
  readonly tag?: string;
  readonly environment: string;
  readonly deploy: "automatic" | "onMerge" | "approved";
  /** Consecutive good runs of the same package in the environment before. @default 0 */
  readonly afterGoodRuns?: number;
}

/** The connection to the source host and one trigger per delivery rule. */
export interface IDelivery extends Construct {
  readonly connection: string;
  /** References of the triggers by branch or tag. */
  readonly triggers: Readonly<Record<string, string>>;
}
