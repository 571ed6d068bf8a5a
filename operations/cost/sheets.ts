/** What each cloud is estimated with. */
import { AZURE_PRICES } from "./azure-prices";
import { AZURE_NOT_COUNTED, AZURE_TYPES } from "./azure-types";
import { GOOGLE_PRICES } from "./google-prices";
import { GOOGLE_NOT_COUNTED, GOOGLE_TYPES } from "./google-types";
import type { Price } from "./price";
import type { Treatment } from "./use";

/** A cloud that an estate is paid for on. */
export type PaidCloud = "gcp" | "azure";

/** Types of resource, prices, and what neither holds. */
export interface Sheet {
  readonly types: Readonly<Record<string, Treatment>>;
  readonly prices: readonly Price[];
  readonly notCounted: readonly string[];
}

/** By cloud. */
export const SHEETS: Readonly<Record<PaidCloud, Sheet>> = {
  gcp: { types: GOOGLE_TYPES, prices: GOOGLE_PRICES, notCounted: GOOGLE_NOT_COUNTED },
  azure: { types: AZURE_TYPES, prices: AZURE_PRICES, notCounted: AZURE_NOT_COUNTED },
};

/** How a type is paid for. What has no line counts as not priced. */
export function treatmentOf(cloud: PaidCloud, type: string): Treatment {
  return SHEETS[cloud].types[type] ?? { unpriced: "a type of resource that the estimate does not know" };
}
