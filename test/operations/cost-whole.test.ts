/** What an estimate assumes, how it is grouped, and how it stands to the budget. */
import { parseChanges } from "../../operations/cost/assumptions";
import { type Estimate, type EstimateProps, estimate } from "../../operations/cost/estimate";
import type { Price } from "../../operations/cost/price";

type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An estimate of resources of one layer: type → id → attributes. */
function of(resource: Resources, props: Partial<EstimateProps> = {}): Estimate {
  const stacks = [{ name: "test-data", layer: "data", document: { resource } }];
  return estimate({ environment: "test", cloud: "gcp", region: "asia-northeast3", stacks, ...props });
}

describe("assumptions", () => {
  const bucket = { google_storage_bucket: { B: { location: "asia-northeast3", storage_class: "NEARLINE" } } };

  test("are all listed, and one that is changed counts and says so", () => {
    const made = of(bucket, { changes: parseChanges(["bucketGiB=1000"]) });
    expect(made.total).toEqual({ idle: 16, busy: 16 });
    expect(made.assumptions.length).toBeGreaterThan(15);
    expect(made.assumptions.find(({ key }) => key === "bucketGiB")).toMatchObject({ value: 1000, changed: true });
    expect(of(bucket).assumptions.every(({ changed }) => !changed)).toBe(true);
  });

  test.each([
    ["cows=7", /got cows=7, wanted KEY=VALUE with a key of: .*bucketGiB/],
    ["bucketGiB", /got bucketGiB, wanted an amount, 0 or more/],
    ["bucketGiB=", /wanted an amount/],
    ["bucketGiB=-1", /wanted an amount/],
    ["bucketGiB=much", /wanted an amount/],
    ["spotShortage=2", /wanted a share from 0 to 1/],
    ["constructor=1", /wanted KEY=VALUE/],
  ])("that are mistyped are refused: %s", (word, message) => {
    expect(() => parseChanges([word])).toThrow(message);
  });
});

describe("the whole", () => {
  const prices: readonly Price[] = [
    {
      sku: "bucket.standard",
      unit: "GiB-month",
      prices: { global: 1 },
      source: "https://a.example",
      date: "2026-01-02",
    },
    { sku: "dns.zone", unit: "month", prices: { global: 60 }, source: "https://a.example", date: "2025-01-02" },
    { sku: "dns.queries", unit: "million", prices: { global: 1 }, source: "https://a.example", date: "2025-06-01" },
  ];
  const path = (value: string) => ({ "//": { metadata: { path: value } } });
  const stacks = [
    {
      name: "test-data",
      layer: "data",
      document: { resource: { google_storage_bucket: { A: path("test-data/Small/Bucket") } } },
    },
    {
      name: "test-network",
      layer: "network",
      document: {
        resource: { google_dns_managed_zone: { Z: path("test-network/Big/Zone"), Y: path("test-network/Big/Other") } },
      },
    },
  ];
  const whole = (props: Partial<EstimateProps> = {}) => of({}, { stacks, prices, ...props });

  test("is grouped by layer and by part, largest first", () => {
    expect(
      whole().layers.map(({ layer, usd, parts }) => [layer, usd.idle, parts.map(({ part, usd }) => [part, usd.busy])]),
    ).toEqual([
      ["network", 120, [["Big", 122]]],
      ["data", 50, [["Small", 50]]],
    ]);
    expect(whole().total).toEqual({ idle: 170, busy: 172 });
  });

  test("says how old its prices are", () => {
    expect(whole().prices).toEqual({ oldest: "2025-01-02", newest: "2026-01-02" });
  });

  test("is held against the budget, idle and busy", () => {
    expect(whole({ budget: { monthly: 171, currency: "USD" } }).budget?.over).toEqual({ idle: -1, busy: 1 });
  });

  test("is not held against a budget in another currency", () => {
    expect(whole({ budget: { monthly: 171, currency: "KRW" } }).budget).toEqual({ monthly: 171, currency: "KRW" });
  });
});
