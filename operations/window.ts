/**
 * What a deployment did between two scrapes. Counters only ever grow, so a window is a difference; a counter that fell
 * or a process that started in between makes the window worthless, and that is said rather than guessed away.
 */
import type { ServingSample } from "../lib/contracts/operator";

/** One step of a histogram: `count` requests were answered within `le` seconds. */
export interface Bucket {
  readonly le: number;
  readonly count: number;
}

/** One deployment between two scrapes. */
export interface ServingWindow {
  /** Model version that answered. */
  readonly version: string;
  readonly seconds: number;
  readonly requests: number;
  /** Requests that ended in a 5xx or in no answer. */
  readonly errors: number;
  /** Cumulative histogram of the requests of this window. */
  readonly latency: readonly Bucket[];
  /** Processor time spent in the window. */
  readonly cpuSeconds: number | null;
  /** Resident memory at its end. */
  readonly memoryBytes: number | null;
  readonly diskFreeBytes: number | null;
}

/** A window, or the reason why there is none. */
export type WindowResult = { readonly window: ServingWindow } | { readonly window: null; readonly reason: string };

/** The window between two scrapes of one deployment; `undefined` stands for a scrape that gave nothing. */
export function windowOf(before: ServingSample | undefined, after: ServingSample | undefined): WindowResult {
  if (!after) return { window: null, reason: "it gave no metrics" };
  if (!before) return { window: null, reason: "it gave no metrics at the start of the window" };
  if (before.version !== after.version) {
    return { window: null, reason: `the model version changed from ${before.version} to ${after.version}` };
  }
  if (restarted(before, after)) return { window: null, reason: "it restarted, so its counters began again" };
  if (before.latency.length !== after.latency.length || before.latency.some((b, i) => b.le !== after.latency[i]?.le)) {
    return { window: null, reason: "the bounds of its latency histogram changed" };
  }
  return {
    window: {
      version: after.version,
      seconds: (Date.parse(after.at) - Date.parse(before.at)) / 1000,
      requests: after.requests - before.requests,
      errors: after.errors - before.errors,
      latency: after.latency.map(({ le, count }, index) => ({
        le,
        count: count - (before.latency[index]?.count ?? 0),
      })),
      cpuSeconds: minus(after.cpuSeconds, before.cpuSeconds),
      memoryBytes: after.memoryBytes,
      diskFreeBytes: after.diskFreeBytes,
    },
  };
}

function restarted(before: ServingSample, after: ServingSample): boolean {
  if (before.startedAt && after.startedAt && before.startedAt !== after.startedAt) return true;
  const fell = (a: number | null, b: number | null) => a !== null && b !== null && a < b;
  return (
    fell(after.requests, before.requests) ||
    fell(after.errors, before.errors) ||
    fell(after.cpuSeconds, before.cpuSeconds) ||
    after.latency.some(({ count }, index) => fell(count, before.latency[index]?.count ?? null))
  );
}

function minus(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}

/**
 * Quantile of a cumulative histogram in its unit, linear inside a bucket as Prometheus' `histogram_quantile`
 * (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), with one difference: beyond the
 * last finite bound it is Infinity, not that bound, because a limit above the bound must not pass unseen.
 *
 * @param q 0 to 1
 * @returns NaN when the histogram is empty or makes no sense
 */
export function quantile(buckets: readonly Bucket[], q: number): number {
  const total = buckets.at(-1)?.count ?? 0;
  if (!(total > 0) || !(q >= 0 && q <= 1)) return Number.NaN;
  const rises = buckets.every(
    ({ le, count }, i) => count >= (buckets[i - 1]?.count ?? 0) && le > (buckets[i - 1]?.le ?? 0),
  );
  if (!rises) return Number.NaN;
  const rank = q * total;
  let below = { le: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank && bucket.count > 0) {
      if (bucket.le === Number.POSITIVE_INFINITY) return bucket.le;
      const share = bucket.count === below.count ? 1 : (rank - below.count) / (bucket.count - below.count);
      return below.le + (bucket.le - below.le) * share;
    }
    below = bucket;
  }
  return Number.NaN;
}
