/** The price sheets and the tables of types: where every number is from, and that no type is forgotten. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AZURE_SERVICES, MACHINE_TYPES } from "../../lib/core/sizes";
import { EVERYWHERE, type Price } from "../../operations/cost/price";
import { isGrant } from "../../operations/cost/resources";
import { type PaidCloud, SHEETS } from "../../operations/cost/sheets";

const LIB = join(__dirname, "../../lib");
const AZURE_ML = "Microsoft.MachineLearningServices/workspaces";
const TODAY = new Date().toISOString().slice(0, 10);
const CLOUDS: readonly PaidCloud[] = ["gcp", "azure"];

/** What a region is called. */
const REGION: Readonly<Record<PaidCloud, RegExp>> = { gcp: /^[a-z]+-[a-z]+\d+$/, azure: /^[a-z]+\d?$/ };

/** Regions that machines have prices in: the environments' own, and two to compare with. */
const REGIONS: Readonly<Record<PaidCloud, readonly string[]>> = {
  gcp: ["asia-northeast3", "europe-west4", "us-central1"],
  azure: ["eastus", "koreacentral", "westeurope"],
};

/** Machines that the size classes become. Databases are paid by the processor. */
function machines(cloud: PaidCloud): readonly string[] {
  const own = Object.values(MACHINE_TYPES[cloud]).map(({ type }) => type);
  const { mlCompute, mlEndpoint } = AZURE_SERVICES;
  const ofServices = [mlCompute, mlEndpoint].flatMap((types) => Object.values(types).map(({ type }) => type));
  const all = cloud === "azure" ? [...own, ...ofServices] : own;
  return [...new Set(all)].filter((type) => !/^(db-|GP_)/.test(type));
}

/** What is wrong with a row. */
function objections(cloud: PaidCloud, { sku, unit, prices, source, date }: Price): string[] {
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
      Object.keys(prices).some((region) => region !== EVERYWHERE && !REGION[cloud].test(region)),
      "has a region that is none",
    ),
  ];
}

test.each(CLOUDS)("every price on %s has a source and a day that is not still to come", (cloud) => {
  const { prices } = SHEETS[cloud];
  expect(prices.length).toBeGreaterThan(40);
  expect(prices.flatMap((row) => objections(cloud, row))).toEqual([]);
});

test.each<[string, Partial<Price>]>([
  ["has no source", { source: "" }],
  ["has no source", { source: "somebody said so" }],
  ["has no date", { date: "" }],
  ["has no date", { date: "2025-13-40" }],
  ["is of a day that is still to come", { date: "2099-01-01" }],
  ["has no unit", { unit: "" }],
  ["has no price", { prices: {} }],
  ["has a price that is not above 0", { prices: { "us-central1": Number.NaN } }],
  ["is the same everywhere and is not", { prices: { global: 1, "us-central1": 2 } }],
  ["has a region that is none", { prices: { koreacentral: 1 } }],
])("a row is refused that %s", (why, change) => {
  const row: Price = { sku: "a", unit: "hour", prices: { global: 1 }, source: "https://a.example", date: "2026-01-01" };
  expect(objections("gcp", row)).toEqual([]);
  expect(objections("gcp", { ...row, ...change })).toEqual([`a: ${why}`]);
});

test.each(CLOUDS)("a meter on %s has one price in a region", (cloud) => {
  const places = SHEETS[cloud].prices.flatMap(({ sku, prices }) => Object.keys(prices).map((at) => `${sku} ${at}`));
  expect(places).toEqual([...new Set(places)]);
});

test.each(CLOUDS)(
  "every machine of the size classes on %s has a price, on demand and as spot, in three regions",
  (cloud) => {
    const priced = new Map(SHEETS[cloud].prices.map(({ sku, prices }) => [sku, Object.keys(prices).sort()]));
    expect(machines(cloud).length).toBeGreaterThan(7);
    for (const type of machines(cloud)) {
      const ways = cloud === "azure" ? ["", ".spot", ".lowPriority"] : ["", ".spot"];
      for (const sku of ways.map((way) => `machine.${type}${way}`)) {
        expect([sku, priced.get(sku)]).toEqual([sku, REGIONS[cloud]]);
      }
    }
  },
);

test.each(CLOUDS)("machines on %s that can be taken away cost less than the same on demand", (cloud) => {
  const price = new Map(SHEETS[cloud].prices.map(({ sku, prices }) => [sku, prices]));
  const taken = [...price].filter(([sku]) => /\.(spot|lowPriority)$/.test(sku));
  expect(taken.length).toBeGreaterThan(5);
  for (const [sku, prices] of taken) {
    const onDemand = price.get(sku.replace(/\.(spot|lowPriority)$/, "")) ?? {};
    for (const [region, usd] of Object.entries(prices))
      expect([sku, usd < (onDemand[region] ?? 0)]).toEqual([sku, true]);
  }
});

test("what a highly available database costs on Google is twice what one in a zone costs, in every region", () => {
  const usd = new Map(
    SHEETS.gcp.prices.flatMap(({ sku, prices }) => Object.entries(prices).map(([at, one]) => [`${sku} ${at}`, one])),
  );
  const regional = [...usd].filter(([meter]) => /^sql\..*\.regional /.test(meter));
  expect(regional.length).toBeGreaterThan(5);
  for (const [meter, one] of regional)
    expect([meter, one]).toEqual([meter, 2 * (usd.get(meter.replace("regional", "zonal")) ?? 0)]);
});

describe("every type of resource that the platform can make has a line, so that a new one is not forgotten", () => {
  const of = (cloud: PaidCloud, which: (type: string) => boolean) => Object.keys(SHEETS[cloud].types).filter(which);
  const sorted = (types: readonly string[]) => [...new Set(types)].sort();

  test.each([
    ["gcp", "google"],
    ["azure", "azurerm"],
  ] as const)("on %s, of the provider %s", (cloud, provider) => {
    const bindings = readFileSync(join(LIB, cloud, "bindings.ts"), "utf8");
    const paths = [...bindings.matchAll(/provider-([a-z]+)\/lib\/([a-z0-9-]+)"/g)];
    const types = paths
      .map(([, name = "", path = ""]) => `${name}_${path.replaceAll("-", "_")}`)
      .filter((type) => type !== `${provider}_provider` && !isGrant(type));
    expect(types.length).toBeGreaterThan(60);
    expect(sorted(types)).toEqual(of(cloud, (type) => type.startsWith(`${provider}_`)).sort());
  });

  test("on Azure, of the provider for Azure DevOps", () => {
    const source = readFileSync(join(LIB, "azure/azuredevops.ts"), "utf8");
    const types = [...source.matchAll(/(?:super\(scope, id, |resource<\w+>\()"([a-z_]+)"/g)].map(
      ([, type = ""]) => `azuredevops_${type}`,
    );
    expect(types.length).toBeGreaterThan(8);
    expect(sorted(types)).toEqual(of("azure", (type) => type.startsWith("azuredevops_")).sort());
  });

  test("on Azure, of its own API", () => {
    const files = readdirSync(join(LIB, "azure"), { recursive: true, encoding: "utf8" }).filter((f) =>
      f.endsWith(".ts"),
    );
    const types = files.flatMap((file) => armTypes(readFileSync(join(LIB, "azure", file), "utf8")));
    expect(types.length).toBeGreaterThan(15);
    expect(sorted(types)).toEqual(of("azure", (type) => type.includes("/")).sort());
  });

  /** Types with a version, names of constants in them replaced by their values. */
  function armTypes(source: string): readonly string[] {
    const plain = [...source.matchAll(/const ([A-Z_]+) = "(Microsoft\.[A-Za-z/]+)"/g)].reduce(
      (text, [, name, value = ""]) => text.replaceAll(`\${${name}}`, value),
      source,
    );
    return [
      ...[...plain.matchAll(/Microsoft\.[A-Za-z]+\/[A-Za-z/]+(?=@)/g)].map(([type]) => type),
      ...[...plain.matchAll(/azureMlType\("([A-Za-z/]+)"\)/g)].map(([, child]) => `${AZURE_ML}/${child}`),
    ];
  }
});
