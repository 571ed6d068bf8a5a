import { CHECKS, type CheckContext, type CheckName, runChecks } from "../../operations/checks";
import { wrongBodies } from "../../operations/checks-api";
import { psiOf } from "../../operations/checks-data";
import type { Http } from "../../operations/http";
import { packageDigest, readPackage } from "../../operations/package";
import { MemoryEstate } from "./support/estate";
import { type Documents, filesOf, packageDocuments } from "./support/package-files";
import { CHECKS_POLICY, loadOf } from "./support/policies";

const WEIGHTS = { intercept: 5.5, slope: 2 };

async function inQa(spoil?: (documents: Documents) => void, change: Partial<CheckContext> = {}) {
  const estate = new MemoryEstate();
  const model = estate.register("7", WEIGHTS, spoil);
  await estate.operator.serving.deploy("qa", model);
  const contents = readPackage(model, await estate.operator.models.readPackage(model));
  const context: CheckContext = {
    ...{ model, contents, url: "http://qa", policy: CHECKS_POLICY, memoryBytes: 100 * 1024 * 1024 },
    ...{ http: estate.http, load: loadOf(), ...change },
  };
  return { estate, context };
}

async function failures(context: CheckContext) {
  const results = await runChecks(context);
  expect(results.map(({ check }) => check)).toEqual(CHECKS);
  return Object.fromEntries(results.filter(({ ok }) => !ok).map(({ check, message }) => [check, message]));
}

test("a right model passes every check, and the report is JSON", async () => {
  const { context } = await inQa();
  const results = await runChecks(context);
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  expect(results.find(({ check }) => check === "metric")?.message).toBe("mse is 0.25 over 60 rows");
});

describe("each check fails alone, by what is wrong", () => {
  const cases: [string, CheckName, RegExp, (documents: Documents) => void, Partial<CheckContext>?][] = [
    [
      "another Python",
      "compatibility",
      /Python 3.11.9 serves, 3.12 is wanted/,
      (d) => Object.assign(d["manifest.json"], { python: "3.12" }),
    ],
    [
      "another minor of a package",
      "compatibility",
      /numpy 2.3.9 serves, 2.2.0 is wanted/,
      (d) => Object.assign(d["manifest.json"].packages, { numpy: "2.2.0" }),
    ],
    [
      "a package that is missing",
      "compatibility",
      /package xgboost 3.0 is missing/,
      (d) => Object.assign(d["manifest.json"].packages, { xgboost: "3.0" }),
    ],
    [
      "more memory than there is",
      "compatibility",
      /wants 4096 MiB of memory, a deployment has 512/,
      (d) => Object.assign(d["manifest.json"], { memoryMiB: 4096 }),
    ],
    [
      "more memory used than there is",
      "compatibility",
      /uses 600 MiB/,
      () => undefined,
      { memoryBytes: 600 * 1024 * 1024 },
    ],
    [
      "an accelerator",
      "compatibility",
      /wants accelerator gpu-l4, a deployment has none/,
      (d) => Object.assign(d["manifest.json"], { accelerator: "gpu-l4" }),
    ],
    [
      "another golden answer",
      "api",
      /golden inputs at once: prediction 1 is/,
      (d) => Object.assign(d["golden.json"].predictions, { 1: 99 }),
    ],
    [
      "a missed target",
      "metric",
      /mse is 0.25, at most 0.2 is wanted/,
      () => undefined,
      { policy: { ...CHECKS_POLICY, maxMetric: 0.2 } },
    ],
    [
      "a missed floor of its own",
      "metric",
      /at most 0.1 is wanted/,
      (d) => Object.assign(d["manifest.json"].metric, { floor: 0.1 }),
    ],
    [
      "a metric that was better in training",
      "metric",
      /as trained 0.2: it is not the same model/,
      (d) => Object.assign(d["metrics.json"].overall, { mse: 0.2 }),
    ],
    [
      "an unknown metric",
      "metric",
      /metric auc is not known here; known are mse/,
      (d) => Object.assign(d["manifest.json"].metric, { name: "auc" }),
    ],
    [
      "a slow service",
      "load",
      /p95 latency is 900.0 ms, 100 ms is allowed/,
      () => undefined,
      { load: loadOf({ p95Ms: 900 }) },
    ],
    [
      "a load test without answers",
      "load",
      /no request completed/,
      () => undefined,
      { load: loadOf({ completed: 0, unanswered: 7 }) },
    ],
    [
      "another distribution",
      "data",
      /size: the holdout is not distributed as the training data/,
      (d) => Object.assign(d["statistics.json"].columns[0] ?? {}, { shares: [0.97, 0.01, 0.01, 0.01] }),
    ],
    [
      "another mix of categories",
      "data",
      /kind: the holdout is not distributed/,
      (d) => Object.assign(d["statistics.json"].columns[1] ?? {}, { shares: { a: 0.02, b: 0.98 } }),
    ],
    [
      "no statistics",
      "data",
      /statistics.json of the package is missing/,
      (d) => Object.assign(d, { "statistics.json": null }),
    ],
    [
      "values out of range",
      "data",
      /size: \d+ values are outside its range/,
      (d) => Object.assign(d["schema.json"].features[0] ?? {}, { max: 3 }),
    ],
  ];
  for (const [name, check, message, spoil, change] of cases) {
    test(name, async () => {
      const { context } = await inQa(spoil, change);
      const failed = await failures(context);
      expect(Object.keys(failed)).toEqual([check]);
      expect(failed[check]).toMatch(message);
    });
  }
});

test("files that changed after registration fail the package check", async () => {
  const { estate, context } = await inQa();
  estate.tamper("7", (documents) => Object.assign(documents["metrics.json"].overall, { rows: 61 }));
  const contents = readPackage(context.model, await estate.operator.models.readPackage(context.model));
  expect(await failures({ ...context, contents })).toEqual({
    package: expect.stringMatching(/not the ones that were registered/),
  });
});

test("a runtime that does not tell its versions is not compatible", async () => {
  const { estate, context } = await inQa();
  estate.runtime = {};
  expect(await failures(context)).toEqual({
    compatibility: "the serving runtime does not tell its Python and packages",
  });
});

describe("the API check catches a service that", () => {
  const spoiled = async (
    change: (status: number, body: string) => { status: number; headers: Record<string, string>; body: string },
  ) => {
    const { estate, context } = await inQa();
    const http: Http = async (request) => {
      const answer = await estate.http(request);
      return request.url.endsWith(":predict") ? change(answer.status, answer.body) : answer;
    };
    return (await failures({ ...context, http })).api;
  };
  const version = { "x-model-version": "7" };

  test("breaks on a wrong request", async () => {
    expect(
      await spoiled((status, body) => ({ status: status === 400 ? 500 : status, headers: version, body })),
    ).toMatch(/not JSON: answered 500, a 4xx is wanted/);
  });
  test("answers wrong requests with predictions", async () => {
    expect(await spoiled((_status, body) => ({ status: 200, headers: version, body }))).toMatch(
      /answered 200, a 4xx is wanted/,
    );
  });
  test("serves another version", async () => {
    expect(await spoiled((status, body) => ({ status, headers: { "x-model-version": "6" }, body }))).toMatch(
      /by version 6, not 7/,
    );
  });
  test("answers with something that is not a finite number", async () => {
    expect(
      await spoiled((status, body) => ({ status, headers: version, body: body.replace(/\d+(\.\d+)?/, "null") })),
    ).toMatch(/without 4 finite predictions/);
  });
});

test("a service that is not there fails every check that asks it, and all checks still run", async () => {
  const { context } = await inQa();
  const http: Http = () => Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }));
  const failed = await failures({ ...context, http });
  expect(Object.keys(failed)).toEqual(["compatibility", "api", "metric"]);
  expect(failed.api).toBe("it could not be carried out: fetch failed: connect ECONNREFUSED");
});

test("a check that is left out says so", async () => {
  const { context } = await inQa((d) => Object.assign(d["golden.json"].predictions, { 1: 99 }), { skip: ["api"] });
  const results = await runChecks(context);
  expect(results.find(({ check }) => check === "api")).toMatchObject({ ok: true, skipped: true });
});

test("wrong requests are all different from a right one, and cover what every feature may get wrong", () => {
  const { "golden.json": golden, "schema.json": schema } = packageDocuments(WEIGHTS);
  const bodies = wrongBodies({ golden, schema } as never);
  expect(Object.keys(bodies)).toEqual(
    expect.arrayContaining([
      "not JSON",
      "without size",
      "a text for size",
      "null for size",
      "NaN as a value",
      "a good and a bad instance",
    ]),
  );
  expect(Object.values(bodies)).not.toContain(JSON.stringify({ instances: [golden.instances[0]] }));
});

test("a package with several faults names them all", () => {
  const documents = packageDocuments(WEIGHTS);
  const { "golden.json": _, ...rest } = documents;
  const broken = { ...rest, "manifest.json": { ...documents["manifest.json"], python: "three", metric: {} } };
  const model = { project: "houses", version: "7", uri: "", digest: "" };
  expect(() => readPackage(model, filesOf(broken))).toThrow(
    /manifest.json of the model package: python[\s\S]*metric.name[\s\S]*golden.json of the model package is missing/,
  );
});

test("the digest is the one the pipeline computes: path, NUL, checksum, sorted by path", () => {
  // printf 'a.json\0%s\nb/c.json\0%s\n' $(printf 1 | sha256sum) $(printf 2 | sha256sum) | sha256sum
  const files = { "b/c.json": Buffer.from("2"), "a.json": Buffer.from("1") };
  expect(packageDigest(files)).toBe("sha256:c62a0bc7074db8742a9f22097e4c00f79a19dfd5afbb15457afd9fddc5a9e345");
});

test("the stability index is 0 for equal shares, and grows with the difference", () => {
  expect(psiOf([0.5, 0.5], [50, 50])).toBeCloseTo(0);
  expect(psiOf([0.5, 0.5], [70, 30])).toBeGreaterThan(psiOf([0.5, 0.5], [60, 40]));
  expect(psiOf([0.5, 0.5, 0], [40, 40, 20])).toBeGreaterThan(0.25);
});
