/** What a row of a price sheet says. */

/** The one price of a meter that costs the same everywhere. */
export const EVERYWHERE = "global";

/** A row of a sheet. A meter has several where its regions are from several documents; no region twice. */
export interface Price {
  /** Name of the meter. */
  readonly sku: string;
  /** What `prices` is for one of. */
  readonly unit: string;
  /** USD by region, or for `global` when it is the same everywhere. */
  readonly prices: Readonly<Record<string, number>>;
  /** Document that the numbers are from. */
  readonly source: string;
  /** Day on which the document said so, YYYY-MM-DD. */
  readonly date: string;
}
