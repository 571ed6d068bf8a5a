/** `mlops cost` over the shipped environments. */
import fs from "node:fs";
import path from "node:path";
import type { Estimate } from "../../operations/cost/estimate";
import { SHEETS } from "../../operations/cost/sheets";
import { files, run, workspace } from "./support";

jest.setTimeout(120_000);

let folder: string;
/** Estimates by the environment's name, of Google as shipped, and of Azure with the one word changed. */
type Made = Record<string, Estimate & { readonly assumedImages: readonly string[] }>;
const made: Made = {};
const onAzure: Made = {};

const cost = (...args: readonly string[]) => run(folder, ["cost", ...args]);

async function estimates(into: Made, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { code, stdout, stderr } = await cost(name, "--json");
    expect([name, code, stderr]).toEqual([name, 0, ""]);
    into[name] = JSON.parse(stdout);
  }
}

/** The shipped environments on Azure in place of Google, and nothing else changed. */
function moveToAzure(): void {
  for (const name of ["dev", "staging", "prod"]) {
    const file = path.join(folder, "environments", `${name}.yaml`);
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/^cloud: gcp/m, "cloud: azure"));
  }
}

/** Every switch on, with a pool for each size that has a GPU. */
const EVERYTHING = `cloud: azure
tier: production
clouds:
  gcp: { project: acme-ml-everything, projectNumber: 100000000009 }
  azure: { subscription: 1b2c3d4e-0000-4000-8000-0000000000d9 }
network: { cidr: 10.40.0.0/16 }
orchestrator: kubeflow
kubeflow: { tenancy: shared }
kubernetes:
  highAvailability: true
  upgrades: stable
  pools:
    cpu: { class: cpu-medium, min: 1, max: 6, capacity: spot }
    memory: { class: cpu-highmem, min: 0, max: 4 }
    small: { class: gpu-t4, min: 0, max: 2, capacity: spot }
    large: { class: gpu-l4, min: 0, max: 2 }
encryption: { ownKeys: true }
metadata: { class: db-large, highAvailability: true, backupRetentionDays: 30 }
training: { class: gpu-l4, max: 4, capacity: spot, tensorBoard: true }
featureStore:
  enabled: true
  groups:
    patients: { entity: patient_id, features: [age, bmi, bp] }
notebooks: { enabled: true, class: cpu-medium }
autoMl: { enabled: true }
dataProcessing: { enabled: true }
dataIntegration: { enabled: true }
workflowEngine: { enabled: true }
delivery: { runner: network }
serving:
  production: { target: managed, auth: iam, replicas: { min: 2, max: 6 } }
monitoring:
  archive: { retentionDays: 400, locked: true }
  alerts: { email: [ml-oncall@acme.example], noTrafficMinutes: 60 }
budget: { monthly: 20000, currency: USD }
`;

beforeAll(async () => {
  folder = workspace();
  await estimates(made, ["dev", "staging", "prod"]);
});

const of = (name: string, from: Made = made) => from[name] ?? fail(name);

function fail(name: string): never {
  throw new Error(`no estimate of ${name}`);
}

/** Amounts that do not say where they are from. */
const withoutSource = (all: Made) =>
  lines(all).filter(({ source, date }) => !source.startsWith("https://") || !/^\d{4}-\d\d-\d\d$/.test(date));

const lines = (all: Made) =>
  Object.values(all).flatMap(({ layers }) =>
    layers.flatMap(({ parts }) => parts.flatMap(({ resources }) => resources.flatMap(({ lines }) => lines))),
  );

/** Types that cost something and have no line in the table. */
function unknownTypes(all: Made): readonly string[] {
  const seen = Object.values(all).flatMap(({ cloud, layers, notPriced }) => [
    ...layers.flatMap(({ parts }) => parts.flatMap(({ resources }) => resources.map(({ type }) => ({ cloud, type })))),
    ...notPriced.map(({ type }) => ({ cloud, type })),
  ]);
  return [
    ...new Set(seen.filter(({ cloud, type }) => !Object.hasOwn(SHEETS[cloud].types, type)).map(({ type }) => type)),
  ];
}

/** The totals are the sum of their parts, and everything that can cost is priced or named. */
function addsUp({ total, layers, share, notPriced }: Estimate): void {
  const idle = layers.flatMap(({ parts }) => parts).reduce((sum, { usd }) => sum + usd.idle, 0);
  expect(Math.abs(total.idle - idle)).toBeLessThan(0.2);
  expect(notPriced).toHaveLength(share.notPriced);
  const named = layers.flatMap(({ parts }) => parts.flatMap(({ resources }) => resources));
  expect(named).toHaveLength(share.priced + share.notPriced);
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
    expect(lines(made).length).toBeGreaterThan(100);
    expect(withoutSource(made)).toEqual([]);
  });

  test("hold no type of resource that the tables do not know", () => {
    expect(unknownTypes(made)).toEqual([]);
  });

  test("the totals are the sum of their parts, and everything that can cost is priced or named", () => {
    for (const one of Object.values(made)) addsUp(one);
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
});

describe("the same environments on Azure", () => {
  let shipped: string;

  beforeAll(async () => {
    shipped = folder;
    folder = workspace();
    moveToAzure();
    fs.writeFileSync(path.join(folder, "environments", "everything.yaml"), EVERYTHING);
    await estimates(onAzure, ["dev", "staging", "prod", "everything"]);
  });

  afterAll(() => {
    folder = shipped;
  });

  test("are estimated for their own region, most resources with a price", () => {
    for (const one of Object.values(onAzure)) {
      expect([one.cloud, one.region]).toEqual(["azure", "koreacentral"]);
      expect([one.environment, one.share.percent >= 75]).toEqual([one.environment, true]);
      addsUp(one);
    }
    expect(lines(onAzure).length).toBeGreaterThan(250);
    expect(withoutSource(onAzure)).toEqual([]);
  });

  test("hold no type of resource that the tables do not know, with every switch on neither", () => {
    expect(unknownTypes(onAzure)).toEqual([]);
  });

  test("dev costs less than staging and staging less than prod, idle and busy", () => {
    for (const column of ["idle", "busy"] as const) {
      const totals = ["dev", "staging", "prod"].map((name) => of(name, onAzure).total[column]);
      expect(totals).toEqual([...totals].sort((a, b) => a - b));
    }
    expect(of("dev", onAzure).total.idle).toBeGreaterThan(100);
  });

  test("no pool but the cluster's own runs in an idle dev, and the largest prices are there", () => {
    const skus = lines({ dev: of("dev", onAzure) });
    expect(skus.filter(({ sku, usd }) => sku.endsWith(".spot") && usd.idle > 0)).toEqual([]);
    expect(skus.map(({ sku }) => sku)).toEqual(
      expect.arrayContaining(["machine.Standard_D4s_v5", "postgres.vcpu.ddsv5", "logs.written", "endpoint"]),
    );
  });

  test("what has no price in the region is named, with what it costs elsewhere", async () => {
    const { code, stdout, stderr } = await cost("dev");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^dev on Azure in koreacentral: USD a month of 730 hours, list prices of 20/);
    expect(stdout).toMatch(/^ {2}azurerm_postgresql_flexible_server: no price in koreacentral for postgres\.storage/m);
    expect(stdout).toMatch(/data\/Database\/Server \(westus: idle [\d.]+, busy [\d.]+\)/);
    expect(stdout).toMatch(/^ {2}usedKeyVersions +1 +versions /m);
    expect(stdout).not.toContain("scannedImages");
  });
});

test("a cluster that somebody already has is refused plainly", async () => {
  const file = path.join(folder, "environments", "bare.yaml");
  fs.writeFileSync(
    file,
    "cloud: kubernetes\nclouds: { kubernetes: { context: mine } }\norchestrator: kubeflow\nkubeflow: { tenancy: shared }\n",
  );
  const { code, stderr } = await cost("bare");
  fs.rmSync(file);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^error: environment bare: got cloud kubernetes: what a cluster costs/),
  ]);
});
