/** `mlops cost` over the shipped environments. */
import fs from "node:fs";
import path from "node:path";
import type { Estimate } from "../../operations/cost/estimate";
import { TYPES } from "../../operations/cost/types";
import { files, run, workspace } from "./support";

jest.setTimeout(120_000);

let folder: string;
const made: Record<string, Estimate & { readonly assumedImages: readonly string[] }> = {};

const cost = (...args: readonly string[]) => run(folder, ["cost", ...args]);

beforeAll(async () => {
  folder = workspace();
  for (const name of ["dev", "staging", "prod"]) {
    const { code, stdout, stderr } = await cost(name, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    made[name] = JSON.parse(stdout);
  }
});

const of = (name: string) => made[name] ?? fail(name);

function fail(name: string): never {
  throw new Error(`no estimate of ${name}`);
}

describe("the shipped environments", () => {
  test("dev costs less idle than prod, and is within its budget", () => {
    expect(of("dev").total.idle).toBeLessThan(of("prod").total.idle / 2);
    expect(of("dev").total.idle).toBeGreaterThan(100);
    expect(of("dev").budget?.over?.idle).toBeLessThan(0);
  });

  test("dev costs less busy than staging, and staging less than prod", () => {
    const busy = ["dev", "staging", "prod"].map((name) => of(name).total.busy);
    expect(busy).toEqual([...busy].sort((a, b) => a - b));
  });

  test("what dev has more idle than staging are the disks and names of its notebooks, and what staging has more has no price yet", () => {
    const parts = (name: string) => of(name).layers.flatMap(({ parts }) => parts);
    const without = (name: string, ...left: readonly string[]) =>
      parts(name)
        .filter(({ part }) => !left.includes(part))
        .reduce((sum, { usd }) => sum + usd.idle, 0);
    expect(without("dev", "Notebooks", "Network")).toBeCloseTo(without("staging", "Network"), 2);
    expect(of("staging").notPriced.map(({ type }) => type)).toContain("google_vertex_ai_feature_online_store");
  });

  test("no pool but the cluster's own runs in an idle dev", () => {
    const pools = of("dev").layers.flatMap(({ parts }) =>
      parts.flatMap(({ resources }) => resources.filter(({ type }) => type === "google_container_node_pool")),
    );
    expect(pools.filter(({ usd }) => usd.idle > 0).map(({ path }) => path)).toEqual(["Cluster/Pools/system"]);
    expect(pools.length).toBeGreaterThan(3);
  });

  test("parts whose images are not built yet are counted as if they were, and the images are named", () => {
    const { layers, assumedImages } = of("dev");
    expect(layers.flatMap(({ parts }) => parts.map(({ part }) => part))).toEqual(
      expect.arrayContaining(["Tracking", "Qa"]),
    );
    expect(assumedImages).toEqual(["tracking", "serving", "trigger"]);
  });

  test("every amount names its source and its day", () => {
    const lines = Object.values(made).flatMap(({ layers }) =>
      layers.flatMap(({ parts }) => parts.flatMap(({ resources }) => resources.flatMap(({ lines }) => lines))),
    );
    expect(lines.length).toBeGreaterThan(100);
    expect(
      lines.filter(({ source, date }) => !source.startsWith("https://") || !/^\d{4}-\d\d-\d\d$/.test(date)),
    ).toEqual([]);
  });

  test("hold no type of resource that the tables do not know", () => {
    const seen = Object.values(made).flatMap(({ layers, notPriced }) => [
      ...layers.flatMap(({ parts }) => parts.flatMap(({ resources }) => resources.map(({ type }) => type))),
      ...notPriced.map(({ type }) => type),
    ]);
    expect([...new Set(seen)].filter((type) => !Object.hasOwn(TYPES, type))).toEqual([]);
  });

  test("the totals are the sum of their parts, and everything that can cost is priced or named", () => {
    for (const { total, layers, share, notPriced } of Object.values(made)) {
      const idle = layers.flatMap(({ parts }) => parts).reduce((sum, { usd }) => sum + usd.idle, 0);
      expect(Math.abs(total.idle - idle)).toBeLessThan(0.2);
      expect(notPriced).toHaveLength(share.notPriced);
      const named = layers.flatMap(({ parts }) => parts.flatMap(({ resources }) => resources));
      expect(named).toHaveLength(share.priced + share.notPriced);
    }
  });
});

describe("what it says", () => {
  test("for people: totals, budget, share, what is missing and what is assumed", async () => {
    const before = files(folder);
    const { code, stdout, stderr } = await cost("dev");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^dev on Google Cloud in asia-northeast3: USD a month of 730 hours, list prices of 20/);
    expect(stdout).toMatch(/^TOTAL +[\d.,]+ +[\d.,]+$/m);
    expect(stdout).toMatch(/^The budget is 800\.00 USD a month: idle is within it, busy exceeds it by /m);
    expect(stdout).toMatch(/^Counted as if they were built: the images tracking, serving, trigger\.$/m);
    expect(stdout).toMatch(/^Priced: \d+ of \d+ resources that can cost money \(\d+ %\); \d+ more are free\.$/m);
    expect(stdout).toMatch(/data\/Database\/Instance \(us-central1: idle [\d.]+, busy [\d.]+\)/);
    expect(stdout).toMatch(/^ {2}bucketGiB +50 +GiB /m);
    expect(files(folder)).toEqual(before);
  });

  test("--busy puts what can grow most first", async () => {
    const { stdout } = await cost("dev", "--busy", "--json");
    const busy = (JSON.parse(stdout) as Estimate).layers.map(({ usd }) => usd.busy);
    expect(busy).toEqual([...busy].sort((a, b) => b - a));
  });

  test("--assume changes an amount, and a word that is none is refused", async () => {
    const [more, wrong] = await Promise.all([
      cost("dev", "--assume", "bucketGiB=1050", "--json"),
      cost("dev", "--assume", "x=1"),
    ]);
    expect((JSON.parse(more.stdout) as Estimate).total.idle).toBeCloseTo(of("dev").total.idle + 5 * 1000 * 0.023, 1);
    expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
    expect(wrong.stderr).toMatch(/^error: --assume: got x=1, wanted KEY=VALUE/);
  });

  test("an environment on this machine costs nothing here", async () => {
    const [text, json] = await Promise.all([cost("local"), cost("local", "--json")]);
    expect([text.code, text.stdout]).toEqual([0, "local runs on this machine and costs nothing here.\n"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ cloud: "local", total: { idle: 0, busy: 0 } });
  });

  test("another cloud is refused plainly", async () => {
    const file = path.join(folder, "environments", "dev.yaml");
    const dev = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, dev.replace("cloud: gcp", "cloud: azure"));
    const { code, stderr } = await cost("dev");
    fs.writeFileSync(file, dev);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: environment dev: got cloud azure, and the price sheet is for Google Cloud in this version/,
    );
  });
});
