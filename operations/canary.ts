/**
 * Whether a canary may have more requests. A pure function of what was measured and of the policy, the same on every
 * cloud: it knows no clock, no network and no platform.
 *
 * Rules, in this order of weight: a canary that does harm is rolled back; what cannot be judged is held; only a canary
 * that was measured in full, does no harm and is better than stable is promoted.
 */
import { quantile, type ServingWindow, type WindowResult } from "./window";

/** Limits a canary must keep. A ratio of null is not compared (a platform that cannot measure it). */
export interface CanaryPolicy {
  /** Percentages of requests, ascending; the last is 100. */
  readonly steps: readonly number[];
  /** Seconds between two looks at one step. */
  readonly intervalSeconds: number;
  /** Requests that stable and canary must each have answered before a step is judged. */
  readonly minSamples: number;
  /** Seconds a step may be held before it is rolled back. */
  readonly timeoutSeconds: number;
  /** Largest share of requests that may fail, 0 to 1. */
  readonly maxErrorRate: number;
  /** Largest share by which the canary may fail more often than stable. */
  readonly maxErrorRateIncrease: number;
  /** Largest 95th percentile of latency, in milliseconds. */
  readonly maxLatencyMs: number;
  /** Largest 95th percentile of the canary over that of stable. */
  readonly maxLatencyRatio: number;
  /** Largest processor time per request over that of stable. */
  readonly maxCpuRatio: number | null;
  /** Largest resident memory over that of stable. */
  readonly maxMemoryRatio: number | null;
  readonly minDiskFreeBytes: number | null;
  readonly ab: {
    /** Labelled answers that each version must have given. */
    readonly minSamples: number;
    /**
     * By how much the canary's metric must be better than stable's, in the metric's unit; it must be more than this, so
     * with 0 an equal model is not promoted. A negative value tolerates that much of a loss.
     */
    readonly minDelta: number;
  };
}

/** One version's share of the A/B comparison. */
export interface AbSide {
  /** The metric over the labelled answers; null when there were none. */
  readonly value: number | null;
  /** Labelled requests sent to this version. */
  readonly sent: number;
  /** Those answered by exactly this version. */
  readonly answered: number;
  /** Labelled answers the metric is taken over. */
  readonly samples: number;
}

/** Stable and canary on the same labelled requests. */
export interface AbComparison {
  /** Where the labels come from: late labels of live requests, or the labelled holdout replayed to both. */
  readonly source: "labels" | "holdout";
  readonly metric: string;
  /** Which direction is better. */
  readonly direction: "lower" | "higher";
  readonly stable: AbSide;
  readonly canary: AbSide;
}

/** Everything one decision rests on. */
export interface CanarySamples {
  readonly stable: WindowResult;
  readonly canary: WindowResult;
  readonly ab: AbComparison | null;
  /** Seconds since requests were first shifted at this step. */
  readonly elapsedSeconds: number;
}

export interface CanaryDecision {
  readonly decision: "promote" | "hold" | "rollback";
  /** Sentences with the measured and the allowed value. Never empty. */
  readonly reasons: readonly string[];
}

/**
 * Differences too small to blame on a model: a ratio counts only beyond them. Without this a canary of 2 ms beside a
 * stable of 0.9 ms, which is one bucket of the histogram or one tick of the processor clock, would be rolled back.
 */
export const NOISE = { latencyMs: 5, cpuMsPerRequest: 2, memoryBytes: 32 * 1024 * 1024 } as const;

/** Decides on one step of a canary. */
export function decideCanary(samples: CanarySamples, policy: CanaryPolicy): CanaryDecision {
  const harm: string[] = [];
  const unknown: string[] = [];
  const stable = usable("stable", samples.stable, policy.minSamples, unknown);
  const canary = usable("canary", samples.canary, policy.minSamples, unknown);
  judgeAnswers(samples, harm);
  if (canary) {
    judgeErrors(canary, stable, policy, harm);
    judgeLatency(canary, stable, policy, harm, unknown);
    judgeResources(canary, stable, policy, harm, unknown);
  }
  judgeAb(samples.ab, policy.ab, harm, unknown);
  if (harm.length > 0) return { decision: "rollback", reasons: harm };
  if (unknown.length === 0) return { decision: "promote", reasons: [summary(samples)] };
  if (!(samples.elapsedSeconds < policy.timeoutSeconds)) {
    const waited = `it could not be judged within ${policy.timeoutSeconds} s`;
    return { decision: "rollback", reasons: [waited, ...unknown] };
  }
  return { decision: "hold", reasons: unknown };
}

const isCount = (value: number) => Number.isFinite(value) && value >= 0;

function usable(role: string, result: WindowResult, min: number, unknown: string[]): ServingWindow | null {
  if (!result.window) {
    unknown.push(`${role}: ${result.reason}`);
    return null;
  }
  const { requests, errors, seconds } = result.window;
  if (!isCount(requests) || !isCount(errors) || !(seconds > 0) || errors > requests) {
    unknown.push(`${role}: its counters make no sense (${requests} requests, ${errors} errors in ${seconds} s)`);
    return null;
  }
  // The negated form also catches a limit that is not a number.
  if (!(requests >= min) || requests === 0) {
    unknown.push(`${role}: ${requests} requests, ${min} are needed`);
    return null;
  }
  return result.window;
}

/** A canary that answers nothing needs no minimum of samples to be given up. */
function judgeAnswers({ canary, ab }: CanarySamples, harm: string[]): void {
  if (canary.window && canary.window.requests > 0 && canary.window.errors === canary.window.requests) {
    harm.push(`the canary failed every one of its ${canary.window.requests} requests`);
  } else if (ab && ab.canary.sent > 0 && ab.canary.answered === 0) {
    harm.push(`the canary answered none of ${ab.canary.sent} requests sent to it`);
  }
}

function judgeErrors(canary: ServingWindow, stable: ServingWindow | null, policy: CanaryPolicy, harm: string[]): void {
  const rate = canary.errors / canary.requests;
  if (!(rate <= policy.maxErrorRate)) {
    harm.push(`error rate ${percent(rate)} is above ${percent(policy.maxErrorRate)}`);
  }
  if (!stable) return;
  const increase = rate - stable.errors / stable.requests;
  if (!(increase <= policy.maxErrorRateIncrease)) {
    harm.push(
      `error rate is ${percent(increase)} above that of stable, ${percent(policy.maxErrorRateIncrease)} is allowed`,
    );
  }
}

function judgeLatency(
  canary: ServingWindow,
  stable: ServingWindow | null,
  policy: CanaryPolicy,
  harm: string[],
  unknown: string[],
): void {
  const p95 = quantile(canary.latency, 0.95) * 1000;
  if (Number.isNaN(p95)) {
    unknown.push("canary: its latency histogram is empty or makes no sense");
    return;
  }
  if (!(p95 <= policy.maxLatencyMs)) harm.push(`p95 latency ${ms(p95)} is above ${ms(policy.maxLatencyMs)}`);
  if (!stable) return;
  const reference = quantile(stable.latency, 0.95) * 1000;
  if (!Number.isFinite(reference)) {
    unknown.push("stable: its p95 latency cannot be read from its histogram");
  } else if (exceeds(p95, reference, policy.maxLatencyRatio, NOISE.latencyMs)) {
    harm.push(`p95 latency ${ms(p95)} is more than ${policy.maxLatencyRatio} times stable's ${ms(reference)}`);
  }
}

function judgeResources(
  canary: ServingWindow,
  stable: ServingWindow | null,
  policy: CanaryPolicy,
  harm: string[],
  unknown: string[],
): void {
  if (policy.minDiskFreeBytes !== null) {
    const free = canary.diskFreeBytes;
    if (free === null || !isCount(free)) unknown.push("canary: free disk space is not known");
    else if (free < policy.minDiskFreeBytes) {
      harm.push(`${mib(free)} of disk is free, ${mib(policy.minDiskFreeBytes)} is wanted`);
    }
  }
  if (!stable) return;
  const compare = (
    what: string,
    [mine, theirs]: [number | null, number | null],
    limit: number | null,
    noise: number,
    text: (n: number) => string,
  ) => {
    if (limit === null) return;
    if (mine === null || theirs === null || !isCount(mine) || !isCount(theirs)) {
      unknown.push(`${what} of stable and canary is not known`);
    } else if (exceeds(mine, theirs, limit, noise)) {
      harm.push(`${what} ${text(mine)} is more than ${limit} times stable's ${text(theirs)}`);
    }
  };
  const cpu = (window: ServingWindow) =>
    window.cpuSeconds === null ? null : (window.cpuSeconds * 1000) / window.requests;
  compare("processor time per request", [cpu(canary), cpu(stable)], policy.maxCpuRatio, NOISE.cpuMsPerRequest, ms);
  const memory: [number | null, number | null] = [canary.memoryBytes, stable.memoryBytes];
  compare("memory", memory, policy.maxMemoryRatio, NOISE.memoryBytes, mib);
}

function judgeAb(ab: AbComparison | null, policy: CanaryPolicy["ab"], harm: string[], unknown: string[]): void {
  if (!ab) {
    unknown.push("A/B: nothing was compared");
    return;
  }
  const few = (["stable", "canary"] as const).filter((role) => !(ab[role].samples >= policy.minSamples));
  for (const role of few)
    unknown.push(`A/B: ${role} gave ${ab[role].samples} labelled answers, ${policy.minSamples} are needed`);
  if (few.length > 0) return;
  const { stable, canary } = { stable: ab.stable.value, canary: ab.canary.value };
  if (stable === null || canary === null || !Number.isFinite(stable) || !Number.isFinite(canary)) {
    unknown.push(`A/B: ${ab.metric} is not known (stable ${stable}, canary ${canary})`);
    return;
  }
  const gain = ab.direction === "lower" ? stable - canary : canary - stable;
  if (gain > policy.minDelta) return;
  const what = gain < 0 ? `worse by ${number(-gain)}` : gain === 0 ? "equal" : `better by only ${number(gain)}`;
  const wanted =
    policy.minDelta < 0 ? `a loss below ${number(-policy.minDelta)}` : `a gain above ${number(policy.minDelta)}`;
  harm.push(
    `A/B on ${ab.source}: ${ab.metric} of the canary is ${number(canary)}, of stable ${number(stable)}: ${what}, ${wanted} is wanted`,
  );
}

/** Over the ratio and by more than noise. */
const exceeds = (mine: number, theirs: number, ratio: number, noise: number) =>
  !(mine <= theirs * ratio) && !(mine - theirs <= noise);

function summary({ canary, ab }: CanarySamples): string {
  const { requests, errors, latency } = canary.window ?? { requests: 0, errors: 0, latency: [] };
  const metric = ab
    ? `, ${ab.metric} ${number(ab.canary.value ?? Number.NaN)} against ${number(ab.stable.value ?? Number.NaN)}`
    : "";
  return `${requests} requests, ${errors} errors, p95 ${ms(quantile(latency, 0.95) * 1000)}${metric}`;
}

const number = (value: number) => String(Number(value.toPrecision(6)));
const ms = (value: number) => `${Number.isFinite(value) ? value.toFixed(1) : value} ms`;
const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
const percent = (rate: number) => `${Number((rate * 100).toFixed(2))} %`;
