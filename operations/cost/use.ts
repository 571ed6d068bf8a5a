/** What a resource uses, and how its type is paid for: the words that the tables of both clouds are written in. */
import type { AssumptionKey, Quantity } from "./assumptions";
import type { Resource } from "./resources";

/** Hours of a month, as both clouds count. */
export const HOURS = 730;

/** Taint of a pool that stands in for a spot pool as long as there are no spot machines. */
export const TWIN_TAINT = "mlops/fallback";

/** What is used of one meter of the sheet. */
export interface Use {
  readonly sku: string;
  readonly quantity: Quantity;
}

/** What a resource's uses are worked out from, beside itself. */
export interface CostContext {
  /** Region of the environment. */
  readonly region: string;
  /** All resources of the environment. */
  readonly resources: readonly Resource[];
  assume(key: AssumptionKey): Quantity;
}

/** How a type of resource is paid for. */
export type Treatment =
  | { readonly free: string }
  | { readonly unpriced: string }
  | { uses(attributes: unknown, context: CostContext): readonly Use[] };

/** Nothing but how something else behaves. */
export const SETTING = { free: "a setting" };
/** Who may do what. */
export const RIGHTS = { free: "identities and rights cost nothing" };
/** Part of a resource whose uses hold it. */
export const OF_ANOTHER = { free: "counted with what it belongs to" };
/** Costs money; nobody who says how much is known here. */
export const NO_PRICE = { unpriced: "no dated price at hand" };

/** So much of a meter, scaled. */
export function times({ idle, busy }: Quantity, factor: number): Quantity {
  return { idle: idle * factor, busy: busy * factor };
}

/** The same, idle or busy. */
export function always(amount: number): Quantity {
  return { idle: amount, busy: amount };
}

/** Nodes of a pool when spot machines are short: the two never run for the same pods, what one has the other has not. */
export function unlessShort(
  nodes: Quantity,
  { isTwin, isSpot }: { readonly isTwin: boolean; readonly isSpot: boolean },
  { assume }: CostContext,
): Quantity {
  const shortage = assume("spotShortage").busy;
  if (isTwin) return { idle: 0, busy: nodes.busy * shortage };
  return isSpot ? { idle: nodes.idle, busy: nodes.busy * (1 - shortage) } : nodes;
}

/** `512Mi` and `1.5Gi` in GiB. */
export function gibibytes(text: string): number {
  const [, amount = "0", unit = "Gi"] = /^(\d+(?:\.\d+)?)(Mi|Gi)$/.exec(text) ?? [];
  return unit === "Mi" ? Number(amount) / 1024 : Number(amount);
}
