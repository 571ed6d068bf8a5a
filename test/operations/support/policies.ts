import type { CanaryPolicy } from "../../../operations/canary";
import type { ChecksPolicy } from "../../../operations/checks";
import type { Load, LoadResult } from "../../../operations/load";
import type { ReleaseEnvironment } from "../../../operations/release";

export const CHECKS_POLICY: ChecksPolicy = {
  load: {
    connections: 2,
    durationSeconds: 1,
    warmupSeconds: 0,
    minRps: 50,
    maxP95Ms: 100,
    maxP99Ms: 200,
    maxErrorRate: 0,
  },
  memoryMiB: 512,
  maxMetric: 4,
};

export const CANARY_POLICY: CanaryPolicy = {
  steps: [10, 20, 100],
  intervalSeconds: 0.01,
  minSamples: 60,
  timeoutSeconds: 20,
  maxErrorRate: 0.02,
  maxErrorRateIncrease: 0.01,
  maxLatencyMs: 100,
  maxLatencyRatio: 2,
  maxCpuRatio: 2,
  maxMemoryRatio: 1.5,
  minDiskFreeBytes: 1024 ** 3,
  ab: { minSamples: 30, minDelta: 0 },
};

export const ENVIRONMENT: ReleaseEnvironment = {
  name: "local",
  serving: { checks: CHECKS_POLICY, production: { canary: CANARY_POLICY } },
};

export const LOAD_RESULT: LoadResult = {
  ...{ seconds: 1, completed: 500, non2xx: 0, unanswered: 0, rps: 500 },
  ...{ p50Ms: 2, p95Ms: 4, p99Ms: 9 },
};

/** A load test that measures what it is told to. */
export const loadOf =
  (change: Partial<LoadResult> = {}): Load =>
  async () => ({ ...LOAD_RESULT, ...change });
