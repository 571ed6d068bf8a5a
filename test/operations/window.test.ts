import fc from "fast-check";
import type { ServingSample } from "../../lib/contracts/operator";
import { quantile, windowOf } from "../../operations/window";

const sample = (change: Partial<ServingSample> = {}): ServingSample => ({
  role: "canary",
  version: "3",
  at: "2026-11-20T12:00:00Z",
  startedAt: "2026-11-20T11:00:00Z",
  requests: 10,
  errors: 1,
  latency: [
    { le: 0.01, count: 8 },
    { le: Number.POSITIVE_INFINITY, count: 10 },
  ],
  cpuSeconds: 2,
  memoryBytes: 100,
  diskFreeBytes: 1000,
  ...change,
});

const later = (change: Partial<ServingSample> = {}) =>
  sample({
    at: "2026-11-20T12:01:00Z",
    requests: 110,
    errors: 3,
    latency: [
      { le: 0.01, count: 88 },
      { le: Number.POSITIVE_INFINITY, count: 110 },
    ],
    cpuSeconds: 5,
    memoryBytes: 120,
    diskFreeBytes: 900,
    ...change,
  });

test("a window is the difference of counters, and the last value of gauges", () => {
  expect(windowOf(sample(), later())).toEqual({
    window: {
      version: "3",
      seconds: 60,
      requests: 100,
      errors: 2,
      latency: [
        { le: 0.01, count: 80 },
        { le: Number.POSITIVE_INFINITY, count: 100 },
      ],
      cpuSeconds: 3,
      memoryBytes: 120,
      diskFreeBytes: 900,
    },
  });
});

test.each<[string, ServingSample | undefined, ServingSample | undefined, RegExp]>([
  ["no scrape at the end", sample(), undefined, /no metrics/],
  ["no scrape at the start", undefined, later(), /no metrics at the start/],
  ["another version", sample(), later({ version: "4" }), /changed from 3 to 4/],
  ["fewer requests than before", sample({ requests: 200 }), later(), /restarted/],
  ["less processor time than before", sample({ cpuSeconds: 6 }), later(), /restarted/],
  [
    "a histogram that fell",
    sample(),
    later({
      latency: [
        { le: 0.01, count: 1 },
        { le: Number.POSITIVE_INFINITY, count: 110 },
      ],
    }),
    /restarted/,
  ],
  ["another start, though every counter grew", sample(), later({ startedAt: "2026-11-20T12:00:30Z" }), /restarted/],
  ["other bounds", sample(), later({ latency: [{ le: 1, count: 110 }] }), /bounds/],
])("there is no window with %s", (_name, before, after, reason) => {
  const result = windowOf(before, after);
  expect(result.window).toBeNull();
  expect("reason" in result && result.reason).toMatch(reason);
});

test("a gauge that is not known stays unknown", () => {
  expect(windowOf(sample({ cpuSeconds: null }), later()).window?.cpuSeconds).toBeNull();
});

describe("quantile", () => {
  const buckets = [
    { le: 0.1, count: 50 },
    { le: 0.2, count: 100 },
    { le: Number.POSITIVE_INFINITY, count: 100 },
  ];

  test("is linear inside a bucket, as Prometheus has it", () => {
    expect(quantile(buckets, 0.25)).toBeCloseTo(0.05);
    expect(quantile(buckets, 0.95)).toBeCloseTo(0.19);
  });

  test("is Infinity beyond the last bound, so that no limit passes unseen", () => {
    expect(
      quantile(
        [
          { le: 0.1, count: 5 },
          { le: Number.POSITIVE_INFINITY, count: 100 },
        ],
        0.95,
      ),
    ).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    ["nothing", []],
    ["no requests", [{ le: 1, count: 0 }]],
    [
      "counts that fall",
      [
        { le: 1, count: 5 },
        { le: 2, count: 3 },
      ],
    ],
    [
      "negative counts",
      [
        { le: 1, count: -5 },
        { le: 2, count: 3 },
      ],
    ],
    ["NaN", [{ le: 1, count: Number.NaN }]],
  ])("is NaN of %s", (_name, broken) => {
    expect(quantile(broken, 0.95)).toBeNaN();
  });

  test("stays within the bucket that holds the exact value", () => {
    const bounds = [1, 2, 5, 10, 20, 50, 100];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 200 }), (values) => {
        const histogram = bounds.map((le) => ({ le, count: values.filter((value) => value <= le).length }));
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? Number.NaN;
        const upper = bounds.find((bound) => exact <= bound) ?? Number.NaN;
        const lower = bounds.findLast((bound) => bound < exact) ?? 0;
        const estimate = quantile(histogram, 0.95);
        expect(estimate).toBeGreaterThanOrEqual(lower);
        expect(estimate).toBeLessThanOrEqual(upper);
      }),
    );
  });
});
