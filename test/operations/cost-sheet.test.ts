/** The price sheet and the table of types: where every number is from, and that no type is forgotten. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MACHINE_TYPES } from "../../lib/core/sizes";
import { EVERYWHERE, PRICES, type Price } from "../../operations/cost/prices";
import { TYPES } from "../../operations/cost/types";

const BINDINGS = join(__dirname, "../../lib/gcp/bindings.ts");
const TODAY = new Date().toISOString().slice(0, 10);

/** What is wrong with a row. */
function objections({ sku, unit, prices, source, date }: Price): string[] {
  const says = (wrong: boolean, what: string) => (wrong ? [`${sku}: ${what}`] : []);
  return [
    ...says(!/^https:\/\/\S+$/.test(source), "has no source"),
    ...says(!/^20\d\d-[01]\d-[0-3]\d$/.test(date) || Number.isNaN(Date.parse(date)), "has no date"),
    ...says(date > TODAY, "is of a day that is still to come"),
    ...says(unit === "", "has no unit"),
    ...says(Object.keys(prices).length === 0, "has no price"),
    ...says(
      Object.values(prices).some((price) => !(price > 0)),
      "has a price that is not above 0",
    ),
    ...says(EVERYWHERE in prices && Object.keys(prices).length > 1, "is the same everywhere and is not"),
    ...says(
      Object.keys(prices).some((region) => region !== EVERYWHERE && !/^[a-z]+-[a-z]+\d+$/.test(region)),
      "has a region that is none",
    ),
  ];
}

test("every price has a source and a day that is not still to come", () => {
  expect(PRICES.length).toBeGreaterThan(40);
  expect(PRICES.flatMap(objections)).toEqual([]);
});

test.each<[string, Partial<Price>]>([
  ["has no source", { source: "" }],
  ["has no source", { source: "somebody said so" }],
  ["has no date", { date: "" }],
  ["has no date", { date: "2025-13-40" }],
  ["is of a day that is still to come", { date: "2099-01-01" }],
  ["has no price", { prices: {} }],
  ["has a price that is not above 0", { prices: { "us-central1": Number.NaN } }],
  ["is the same everywhere and is not", { prices: { global: 1, "us-central1": 2 } }],
])("a row is refused that %s", (why, change) => {
  const row: Price = { sku: "a", unit: "hour", prices: { global: 1 }, source: "https://a.example", date: "2026-01-01" };
  expect(objections(row)).toEqual([]);
  expect(objections({ ...row, ...change })).toEqual([`a: ${why}`]);
});

test("a meter has one price in a region", () => {
  const places = PRICES.flatMap(({ sku, prices }) => Object.keys(prices).map((region) => `${sku} ${region}`));
  expect(places).toEqual([...new Set(places)]);
});

test("every machine of the size classes has a price, on demand and as spot, in three regions", () => {
  const priced = new Map(PRICES.map(({ sku, prices }) => [sku, Object.keys(prices)]));
  const machines = Object.values(MACHINE_TYPES.gcp).filter(({ type }) => !type.startsWith("db-"));
  for (const { type } of machines) {
    for (const sku of [`machine.${type}`, `machine.${type}.spot`]) {
      expect([sku, priced.get(sku)]).toEqual([sku, ["asia-northeast3", "europe-west4", "us-central1"]]);
    }
  }
});

test("spot machines cost less than the same on demand", () => {
  const price = new Map(PRICES.map(({ sku, prices }) => [sku, prices]));
  const spot = PRICES.filter(({ sku }) => sku.endsWith(".spot"));
  expect(spot.length).toBeGreaterThan(5);
  for (const { sku, prices } of spot) {
    const onDemand = price.get(sku.replace(/\.spot$/, "")) ?? {};
    for (const [region, usd] of Object.entries(prices))
      expect([sku, usd < (onDemand[region] ?? 0)]).toEqual([sku, true]);
  }
});

test("what a highly available database costs is twice what one in a zone costs, in every region", () => {
  const usd = new Map(
    PRICES.flatMap(({ sku, prices }) => Object.entries(prices).map(([at, one]) => [`${sku} ${at}`, one])),
  );
  const regional = [...usd].filter(([meter]) => /^sql\..*\.regional /.test(meter));
  expect(regional.length).toBeGreaterThan(5);
  for (const [meter, one] of regional)
    expect([meter, one]).toEqual([meter, 2 * (usd.get(meter.replace("regional", "zonal")) ?? 0)]);
});

test("every type of resource that the platform can make has a line, so that a new one is not forgotten", () => {
  const paths = [...readFileSync(BINDINGS, "utf8").matchAll(/provider-google\/lib\/([a-z0-9-]+)"/g)];
  const types = paths
    .map(([, path = ""]) => `google_${path.replaceAll("-", "_")}`)
    .filter((type) => type !== "google_provider" && !type.endsWith("_iam_member"));
  expect(types.length).toBeGreaterThan(60);
  expect(types.filter((type) => !Object.hasOwn(TYPES, type))).toEqual([]);
  expect(Object.keys(TYPES).filter((type) => !types.includes(type))).toEqual([]);
});
