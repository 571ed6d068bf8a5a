/** Load test of a prediction service by autocannon, bounded in time and count, and the judgement on it. */
import type autocannon from "autocannon";

/** What a load test does and what it wants. */
export interface LoadPolicy {
  readonly connections: number;
  readonly durationSeconds: number;
  /** Seconds of load before the measured part; their answers are dropped. */
  readonly warmupSeconds: number;
  readonly minRps: number;
  readonly maxP95Ms: number;
  readonly maxP99Ms: number;
  /** Share of requests without a 2xx answer, 0 to 1. */
  readonly maxErrorRate: number;
}

export interface LoadTarget {
  readonly url: string;
  /** Bodies that are sent in turn, as POST. */
  readonly bodies: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a load test measured after its warm-up. */
export interface LoadResult {
  readonly seconds: number;
  /** Requests that got any answer. */
  readonly completed: number;
  /** Answers that were not 2xx. */
  readonly non2xx: number;
  /** Requests without an answer: connection errors and timeouts. */
  readonly unanswered: number;
  /** 2xx answers a second. */
  readonly rps: number;
  /** Over 2xx answers, in milliseconds; null when there were none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Runs a load test. */
export type Load = (target: LoadTarget, policy: LoadPolicy, signal?: AbortSignal) => Promise<LoadResult>;

/** Requests after which a load test ends, however long it may run. */
export const MAX_REQUESTS = 500_000;
/** Seconds without an answer after which a request counts as unanswered. */
const TIMEOUT_SECONDS = 10;

/** Runs a load test with autocannon. */
export const runLoad: Load = async (target, policy, signal) => {
  if (policy.warmupSeconds > 0) await fire(target, policy.connections, policy.warmupSeconds, signal);
  return fire(target, policy.connections, policy.durationSeconds, signal);
};

async function fire(
  target: LoadTarget,
  connections: number,
  seconds: number,
  signal?: AbortSignal,
): Promise<LoadResult> {
  signal?.throwIfAborted();
  const { default: run } = await import("autocannon");
  // autocannon's own summary has no 95th percentile, so the times of the answers are kept: 8 bytes each.
  const times: number[] = [];
  const started = performance.now();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = run(
      {
        url: target.url,
        connections,
        duration: seconds,
        timeout: TIMEOUT_SECONDS,
        maxOverallRequests: MAX_REQUESTS,
        requests: target.bodies.map((body) => ({
          method: "POST" as const,
          headers: { "content-type": "application/json", ...target.headers },
          body,
        })),
      },
      (error, outcome) => (error ? reject(error) : resolve(outcome)),
    );
    instance.on("response", (_client, status, _bytes, milliseconds) => {
      if (status >= 200 && status < 300) times.push(milliseconds);
    });
    signal?.addEventListener("abort", () => instance.stop(), { once: true });
  });
  signal?.throwIfAborted();
  const took = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return {
    seconds: took,
    completed: result["2xx"] + result.non2xx,
    non2xx: result.non2xx,
    // autocannon counts timeouts among the errors.
    unanswered: result.errors,
    rps: times.length / took,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    p99Ms: percentile(times, 0.99),
  };
}

/** Nearest-rank percentile of sorted values; null when there are none. */
export function percentile(sorted: readonly number[], q: number): number | null {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}

/** Every limit a load test broke, in sentences; none means it passed. No answer at all never passes. */
export function judgeLoad(result: LoadResult, policy: LoadPolicy): readonly string[] {
  const { completed, non2xx, unanswered, rps, p95Ms, p99Ms } = result;
  if (!(completed > 0)) return [`no request completed (${unanswered} without an answer)`];
  const broken: string[] = [];
  const errorRate = (non2xx + unanswered) / (completed + unanswered);
  if (!(errorRate <= policy.maxErrorRate)) {
    broken.push(`${(errorRate * 100).toFixed(2)} % of requests failed, ${policy.maxErrorRate * 100} % is allowed`);
  }
  if (!(rps >= policy.minRps)) broken.push(`${rps.toFixed(0)} answers a second, ${policy.minRps} are wanted`);
  for (const [name, value, limit] of [
    ["p95", p95Ms, policy.maxP95Ms],
    ["p99", p99Ms, policy.maxP99Ms],
  ] as const) {
    if (value === null) broken.push(`${name} latency is not known: no 2xx answer`);
    else if (!(value <= limit)) broken.push(`${name} latency is ${value.toFixed(1)} ms, ${limit} ms is allowed`);
  }
  return broken;
}
