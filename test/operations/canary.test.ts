import fc from "fast-check";
import { type AbComparison, type CanaryPolicy, type CanarySamples, decideCanary } from "../../operations/canary";
import type { ServingWindow } from "../../operations/window";

const MIB = 1024 * 1024;

const policy: CanaryPolicy = {
  steps: [10, 20, 100],
  intervalSeconds: 60,
  minSamples: 100,
  timeoutSeconds: 600,
  maxErrorRate: 0.02,
  maxErrorRateIncrease: 0.01,
  maxLatencyMs: 200,
  maxLatencyRatio: 1.5,
  maxCpuRatio: 2,
  maxMemoryRatio: 1.5,
  minDiskFreeBytes: 1024 * MIB,
  ab: { minSamples: 50, minDelta: 0 },
};

/** A histogram in which every request took this long. */
const took = (milliseconds: number, requests = 200) =>
  [5, 10, 25, 50, 100, 250, 500, Number.POSITIVE_INFINITY].map((le) => ({
    le: le / 1000,
    count: milliseconds <= le ? requests : 0,
  }));

const side = (change: Partial<ServingWindow> = {}) => ({
  window: {
    version: "1",
    seconds: 60,
    requests: 200,
    errors: 0,
    latency: took(20),
    cpuSeconds: 0.4,
    memoryBytes: 200 * MIB,
    diskFreeBytes: 20_000 * MIB,
    ...change,
  },
});

const compared = (canary: number | null, change: Partial<AbComparison> = {}): AbComparison => ({
  source: "holdout",
  metric: "mse",
  direction: "lower",
  stable: { value: 100, sent: 60, answered: 60, samples: 60 },
  canary: { value: canary, sent: 60, answered: 60, samples: 60 },
  ...change,
});

const samples = (change: Partial<CanarySamples> = {}): CanarySamples => ({
  stable: side(),
  canary: side(),
  ab: compared(90),
  elapsedSeconds: 60,
  ...change,
});

test("a canary that is better and does no harm is promoted, with the figures as the reason", () => {
  const { decision, reasons } = decideCanary(samples(), policy);
  expect(decision).toBe("promote");
  expect(reasons.join()).toMatch(/200 requests, 0 errors, p95 .* mse 90 against 100/);
});

describe("harm rolls back", () => {
  test.each<[string, Partial<CanarySamples>, RegExp]>([
    ["too many errors", { canary: side({ errors: 5 }), stable: side({ errors: 4 }) }, /error rate 2.5 % is above 2 %/],
    ["more errors than stable", { canary: side({ errors: 3 }) }, /1.5 % above that of stable, 1 % is allowed/],
    [
      "a latency above the limit",
      { canary: side({ latency: took(240) }), stable: side({ latency: took(240) }) },
      /is above 200.0 ms/,
    ],
    ["a latency beyond the histogram", { canary: side({ latency: took(900) }) }, /Infinity ms is above/],
    ["a latency above stable's", { canary: side({ latency: took(40) }) }, /more than 1.5 times stable's/],
    [
      "processor time",
      { canary: side({ cpuSeconds: 2 }) },
      /processor time per request 10.0 ms is more than 2 times stable's 2.0 ms/,
    ],
    ["memory", { canary: side({ memoryBytes: 400 * MIB }) }, /memory 400 MiB is more than 1.5 times stable's 200 MiB/],
    ["a full disk", { canary: side({ diskFreeBytes: MIB }) }, /1 MiB of disk is free, 1024 MiB is wanted/],
    ["a worse metric", { ab: compared(110) }, /mse of the canary is 110, of stable 100: worse by 10/],
    ["an equal metric", { ab: compared(100) }, /equal/],
    ["a lower metric where higher is better", { ab: compared(90, { direction: "higher" }) }, /worse by 10/],
    [
      "nothing but errors, however few requests",
      { canary: side({ requests: 2, errors: 2 }) },
      /failed every one of its 2/,
    ],
    [
      "no answer to any labelled request",
      { ab: compared(null, { canary: { value: null, sent: 60, answered: 0, samples: 0 } }) },
      /answered none of 60 requests/,
    ],
  ])("%s", (_name, change, reason) => {
    const { decision, reasons } = decideCanary(samples(change), policy);
    expect(decision).toBe("rollback");
    expect(reasons.join("\n")).toMatch(reason);
  });

  test("every reason is told, not the first alone", () => {
    const bad = side({ errors: 100, latency: took(900), memoryBytes: 900 * MIB });
    expect(decideCanary(samples({ canary: bad, ab: compared(500) }), policy).reasons.length).toBeGreaterThanOrEqual(5);
  });
});

describe("what cannot be judged is held, and rolled back when its time is over", () => {
  test.each<[string, Partial<CanarySamples>, RegExp]>([
    ["too few requests of the canary", { canary: side({ requests: 99 }) }, /canary: 99 requests, 100 are needed/],
    ["too few requests of stable", { stable: side({ requests: 0 }) }, /stable: 0 requests/],
    ["no metrics", { canary: { window: null, reason: "it gave no metrics" } }, /canary: it gave no metrics/],
    ["a restart", { stable: { window: null, reason: "it restarted" } }, /stable: it restarted/],
    ["NaN requests", { canary: side({ requests: Number.NaN }) }, /make no sense/],
    ["negative errors", { canary: side({ errors: -1 }) }, /make no sense/],
    ["an empty histogram", { canary: side({ latency: took(20, 0) }) }, /histogram is empty/],
    ["no histogram of stable", { stable: side({ latency: [] }) }, /stable: its p95/],
    [
      "no processor time",
      { canary: side({ cpuSeconds: null }) },
      /processor time per request of stable and canary is not known/,
    ],
    ["NaN memory", { canary: side({ memoryBytes: Number.NaN }) }, /memory of stable and canary is not known/],
    ["unknown disk space", { canary: side({ diskFreeBytes: null }) }, /disk space is not known/],
    ["no comparison", { ab: null }, /nothing was compared/],
    [
      "few labels",
      { ab: compared(90, { canary: { value: 90, sent: 60, answered: 60, samples: 49 } }) },
      /canary gave 49 labelled/,
    ],
    ["a NaN metric", { ab: compared(Number.NaN) }, /mse is not known/],
  ])("%s", (_name, change, reason) => {
    const held = decideCanary(samples(change), policy);
    expect(held.decision).toBe("hold");
    expect(held.reasons.join("\n")).toMatch(reason);
    const late = decideCanary(samples({ ...change, elapsedSeconds: 600 }), policy);
    expect(late.decision).toBe("rollback");
    expect(late.reasons[0]).toBe("it could not be judged within 600 s");
  });
});

test("harm outweighs what is not known", () => {
  expect(decideCanary(samples({ canary: side({ errors: 100 }), ab: null }), policy).decision).toBe("rollback");
});

test("a ratio over differences that any machine has by itself is no harm", () => {
  const [canary, stable] = [side({ latency: took(3) }), side({ latency: took(3) })];
  const faster = { ...stable, window: { ...stable.window, latency: [{ le: 0.001, count: 200 }, ...took(3)] } };
  expect(decideCanary(samples({ canary, stable: faster }), policy).decision).toBe("promote");
});

test("a ratio set to null is not compared", () => {
  const unknown = side({ cpuSeconds: null, memoryBytes: null, diskFreeBytes: null });
  const lenient = { ...policy, maxCpuRatio: null, maxMemoryRatio: null, minDiskFreeBytes: null };
  expect(decideCanary(samples({ canary: unknown, stable: unknown }), lenient).decision).toBe("promote");
});

test("minDelta is the gain that must be exceeded, and a negative one tolerates a loss", () => {
  const decide = (value: number, minDelta: number) =>
    decideCanary(samples({ ab: compared(value) }), { ...policy, ab: { minSamples: 50, minDelta } }).decision;
  expect([decide(90, 10), decide(89.9, 10), decide(104, -5), decide(105, -5)]).toEqual([
    "rollback",
    "promote",
    "promote",
    "rollback",
  ]);
});

describe("for any measurement", () => {
  const RANK = { rollback: 0, hold: 1, promote: 2 };
  const rate = fc.integer({ min: 0, max: 400 });
  const anyWindow = fc.record({
    version: fc.constant("1"),
    seconds: fc.constant(60),
    requests: fc.integer({ min: 0, max: 400 }),
    errors: fc.oneof(fc.constant(0), rate),
    latency: fc
      .array(fc.integer({ min: 0, max: 100 }), { minLength: 8, maxLength: 8 })
      .map((counts) => counts.toSorted((a, b) => a - b))
      .map((counts) => took(0).map(({ le }, index) => ({ le, count: counts[index] ?? 0 }))),
    cpuSeconds: fc.double({ min: 0, max: 4, noNaN: true }),
    memoryBytes: fc.integer({ min: 1, max: 800 * MIB }),
    diskFreeBytes: fc.integer({ min: 0, max: 4000 * MIB }),
  });
  /** Near the limits, so that all three decisions come up. */
  const likely = fc.record({
    errors: fc.integer({ min: 0, max: 5 }),
    latency: fc.integer({ min: 1, max: 300 }).map((milliseconds) => took(milliseconds)),
    cpuSeconds: fc.double({ min: 0, max: 2, noNaN: true }),
    memoryBytes: fc.integer({ min: 100 * MIB, max: 400 * MIB }),
  });
  const anySamples = fc.record({
    stable: likely.map((change) => side(change)),
    canary: fc.oneof(
      anyWindow.map((window) => ({ window })),
      likely.map((change) => side(change)),
    ),
    ab: fc.double({ min: 60, max: 120, noNaN: true }).map((value) => compared(value)),
    elapsedSeconds: fc.integer({ min: 0, max: 700 }),
  });

  /** One way in which a canary may be worse than it was. */
  const worsen = fc.constantFrom<(canary: ServingWindow, ab: AbComparison) => [ServingWindow, AbComparison]>(
    (canary, ab) => [{ ...canary, errors: canary.errors + 3 }, ab],
    (canary, ab) => [
      {
        ...canary,
        latency: canary.latency
          .map((b, i) => ({ le: b.le, count: canary.latency[i - 1]?.count ?? 0 }))
          .map((b, i, all) => (i === all.length - 1 ? (canary.latency.at(-1) ?? b) : b)),
      },
      ab,
    ],
    (canary, ab) => [{ ...canary, cpuSeconds: (canary.cpuSeconds ?? 0) + 1 }, ab],
    (canary, ab) => [{ ...canary, memoryBytes: (canary.memoryBytes ?? 0) + 50 * MIB }, ab],
    (canary, ab) => [{ ...canary, diskFreeBytes: Math.max(0, (canary.diskFreeBytes ?? 0) - 500 * MIB) }, ab],
    (canary, ab) => [canary, { ...ab, canary: { ...ab.canary, value: (ab.canary.value ?? 0) + 20 } }],
  );

  test("a worse canary is never promoted where the better one was not", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anySamples, worsen, (given, worse) => {
        const [window, ab] = worse(given.canary.window, given.ab);
        const before = decideCanary(given, policy).decision;
        const after = decideCanary({ ...given, canary: { window }, ab }, policy).decision;
        seen.add(before);
        if (after === "promote") expect(RANK[before]).toBe(RANK.promote);
      }),
      { numRuns: 2000, seed: 7 },
    );
    // The property would hold for a function that never promotes.
    expect([...seen].sort()).toEqual(["hold", "promote", "rollback"]);
  });

  test("a figure that is not a number, or negative, never promotes", () => {
    const nonsense = fc.constantFrom(Number.NaN, -1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    const keys = fc.constantFrom(
      "requests",
      "errors",
      "cpuSeconds",
      "memoryBytes",
      "diskFreeBytes",
      "seconds",
    ) as fc.Arbitrary<keyof ServingWindow>;
    fc.assert(
      fc.property(keys, nonsense, fc.boolean(), (key, value, spoilStable) => {
        // Endless free disk space, and time, are odd but do no harm; stable's own disk is not judged.
        fc.pre(value !== Number.POSITIVE_INFINITY || key === "requests" || key === "errors");
        fc.pre(!(spoilStable && key === "diskFreeBytes"));
        const spoilt = side({ [key]: value });
        expect(decideCanary(samples(spoilStable ? { stable: spoilt } : { canary: spoilt }), policy).decision).not.toBe(
          "promote",
        );
      }),
    );
  });

  test("no decision is without a reason", () => {
    fc.assert(fc.property(anySamples, (given) => expect(decideCanary(given, policy).reasons).not.toHaveLength(0)));
  });
});
