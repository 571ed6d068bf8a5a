import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { createLocalOperator } from "../../../lib/local/operator";
import { recordLayer } from "../../../lib/local/runtime/layers";
import { bucketsOf, parseMetrics, sumOf } from "../../../lib/local/runtime/metrics";
import { packageOf } from "../../../lib/local/runtime/models";
import { packageDigest, verifyPackage } from "../../../lib/local/runtime/package";
import { parseEvent } from "../../../lib/local/runtime/pipelines";
import { roleOf, sampleOf } from "../../../lib/local/runtime/serving";
import { changeTraffic, ensureSlot, ensureTraffic, readSlot, readTraffic } from "../../../lib/local/runtime/traffic";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "mlops-serving-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SCRAPE = `# HELP predict_requests_total Prediction requests answered.
predict_requests_total{version="3",code="200"} 90
predict_requests_total{version="3",code="500"} 4
predict_requests_total{version="3",code="422"} 6
predict_seconds_bucket{version="3",le="0.01"} 60
predict_seconds_bucket{version="3",le="+Inf"} 100
process_cpu_seconds_total 1.5
process_start_time_seconds 1.7e9
disk_free_bytes NaN
odd{quote="a\\"b,c=\\"d\\"",x="y"} 1
`;

describe("a scrape", () => {
  const scrape = parseMetrics(SCRAPE);

  test("a wrong request of a client is no error of the model; a 500 and a request that got no answer are", () => {
    expect(sampleOf("canary", "3", scrape, 2)).toMatchObject({ requests: 102, errors: 6 });
  });

  test("latency ends with infinity", () => {
    expect(bucketsOf(scrape, "predict_seconds")).toEqual([
      { le: 0.01, count: 60 },
      { le: Number.POSITIVE_INFINITY, count: 100 },
    ]);
  });

  test("what is not known is null, not zero and not NaN", () => {
    expect(sampleOf("canary", "3", scrape, 0)).toMatchObject({
      cpuSeconds: 1.5,
      memoryBytes: null,
      diskFreeBytes: null,
    });
    expect(sampleOf("canary", "3", scrape, 0).startedAt).toBe("2023-11-14T22:13:20.000Z");
  });

  test("counters of another version are not this one's", () => {
    expect(sampleOf("canary", "4", scrape, 0)).toMatchObject({ requests: 0, latency: [] });
  });

  test("labels may hold quotes and commas", () => {
    expect(sumOf(scrape, "odd", ({ quote, x }) => quote === 'a"b,c="d"' && x === "y")).toBe(1);
  });
});

const part = { kind: "modelServer", name: "blue", port: 1, logs: "l" } as const;
const logging = { sample: 1, retentionDays: 9, redact: [] };

describe("traffic and slots", () => {
  const put = (file: string, value: unknown) => {
    mkdirSync(path.join(folder, "serving", "slots"), { recursive: true });
    writeFileSync(path.join(folder, "serving", file), typeof value === "string" ? value : JSON.stringify(value));
  };
  const model = { project: "p", version: "1", uri: "/m", digest: "sha256:0" };

  test("every change has a number of its own, and starting again changes nothing", async () => {
    await ensureTraffic(folder);
    await changeTraffic(folder, { canary: "green", canaryPercent: 10 });
    await ensureTraffic(folder);
    expect(await readTraffic(folder)).toMatchObject({
      generation: 1,
      stable: "blue",
      canary: "green",
      canaryPercent: 10,
    });
  });

  test("what a slot serves outlives a change of the logging policy", async () => {
    put("slots/blue.json", { model, drill: null, logging });
    await ensureSlot(folder, { ...part, logging: { ...logging, sample: 0.5 } });
    expect(await readSlot(folder, "blue")).toEqual({ model, drill: null, logging: { ...logging, sample: 0.5 } });
  });

  test("a slot's file that was spoiled is one that serves nothing", async () => {
    put("slots/blue.json", '{"model":');
    await ensureSlot(folder, { ...part, logging });
    expect(await readSlot(folder, "blue")).toEqual({ model: null, drill: null, logging });
  });

  test.each(["", '{"generation":', '{"generation":9,"stable":"red","canary":null,"canaryPercent":0,"project":"p"}'])(
    "a traffic file that was lost or spoiled (%s) is written again as it was",
    async (text) => {
      await ensureTraffic(folder);
      const before = await changeTraffic(folder, { stable: "green", project: "p" });
      if (text) put("traffic.json", text);
      else rmSync(path.join(folder, "serving/traffic.json"));
      expect(await readTraffic(folder)).toEqual(before);
      await ensureTraffic(folder);
      expect(JSON.parse(readFileSync(path.join(folder, "serving/traffic.json"), "utf8"))).toEqual(before);
    },
  );

  test("with its copy lost too nobody knows which slot was good: none serves until the next release", async () => {
    put("slots/blue.json", { model, drill: { latencyMs: 1, errorRate: 1 }, logging });
    put("slots/green.json", { model, drill: null, logging });
    await ensureTraffic(folder);
    for (const slot of ["blue", "green"])
      expect(await readSlot(folder, slot)).toMatchObject({ model: null, drill: null });
  });

  test("a release that is put back takes its model out of the slot it was in", async () => {
    await ensureTraffic(folder);
    await changeTraffic(folder, { stable: "green", canary: "blue", canaryPercent: 10, project: "p" });
    put("slots/blue.json", { model, drill: { latencyMs: 0, errorRate: 1 }, logging });
    put("slots/green.json", { model, drill: null, logging });
    // A gateway that takes the split up at once.
    const gateway = createServer((_request, response) => {
      response.end(readFileSync(path.join(folder, "serving/traffic.json")));
    });
    gateway.listen(0, "127.0.0.1");
    await once(gateway, "listening");
    const { port } = gateway.address() as AddressInfo;
    const parts = [{ kind: "gateway", name: "gateway", port, slots: [] } as const];
    const definition = { version: 1, environment: "e", layer: "serving", directory: ".", parts } as const;
    await recordLayer(folder, { digest: "1", definition });
    const operator = createLocalOperator({ codeRoot: "/c", workspace: "/w", environment: "e", directory: folder });
    try {
      await operator.serving.abort();
    } finally {
      gateway.close();
    }
    expect(await readTraffic(folder)).toMatchObject({ stable: "green", canary: null, canaryPercent: 0 });
    expect(await readSlot(folder, "blue")).toMatchObject({ model: null, drill: null });
    expect((await readSlot(folder, "green"))?.model).toEqual(model);
  });

  test("the slot that is neither stable nor canary is idle", () => {
    const traffic = { stable: "green", canary: null } as const;
    expect(["qa", "green", "blue"].map((slot) => roleOf(slot, traffic))).toEqual(["qa", "stable", "idle"]);
    expect(roleOf("blue", { stable: "green", canary: "blue" })).toBe("canary");
  });
});

describe("a model package", () => {
  const sha = (text: string) => createHash("sha256").update(text).digest("hex");

  test("its digest is the one the Python side computes", async () => {
    mkdirSync(path.join(folder, "sub"));
    writeFileSync(path.join(folder, "b.json"), "B");
    writeFileSync(path.join(folder, "sub", "a.json"), "A");
    const lines = `b.json\0${sha("B")}\nsub/a.json\0${sha("A")}\n`;
    expect(await packageDigest(folder)).toBe(`sha256:${sha(lines)}`);
  });

  test("one changed byte is refused, with both digests", async () => {
    writeFileSync(path.join(folder, "model.json"), "1");
    const model = { project: "p", version: "1", uri: folder, digest: await packageDigest(folder) };
    await verifyPackage(model, folder);
    writeFileSync(path.join(folder, "model.json"), "2");
    await expect(verifyPackage(model, folder)).rejects.toThrow(new RegExp(`registered was ${model.digest}`));
    await expect(verifyPackage({ ...model, uri: "/nowhere" }, folder)).rejects.toThrow(/is not at \/nowhere/);
  });

  test("it is found by its digest in an estate that was moved, and served from there", async () => {
    const home = path.join(folder, "buckets/artifacts/models/p");
    mkdirSync(path.join(home, "new"), { recursive: true });
    writeFileSync(path.join(home, "new", "model.json"), "1");
    const digest = await packageDigest(path.join(home, "new"));
    const kept = path.join(home, digest.slice("sha256:".length));
    renameSync(path.join(home, "new"), kept);
    const model = { project: "p", version: "1", uri: "/before/it/moved", digest };
    expect(await verifyPackage(model, folder)).toBe(kept);
    mkdirSync(path.join(folder, "serving", "slots"), { recursive: true });
    writeFileSync(path.join(folder, "serving", "slots", "blue.json"), JSON.stringify({ model, drill: null, logging }));
    await ensureSlot(folder, { ...part, logging });
    expect((await readSlot(folder, "blue"))?.model).toEqual({ ...model, uri: kept });
  });

  test("a version without the pipeline's tags is not one that can be served", () => {
    expect(() => packageOf({ name: "p", version: "2", tags: [] })).toThrow(/has no package/);
    const tags = [
      { key: "package.uri", value: "/m" },
      { key: "package.digest", value: "sha256:1" },
    ];
    expect(packageOf({ name: "p", version: "2", tags })).toMatchObject({ version: "2", uri: "/m", digest: "sha256:1" });
  });
});

test("lines of a run that are no events are not taken for some", () => {
  expect(parseEvent('{"event":"step","step":"train","state":"started"}')).toMatchObject({ step: "train" });
  for (const line of ["", "INFO something", "null", "[1]", '{"event":"other"}', '{"event":']) {
    expect(parseEvent(line)).toBeNull();
  }
});
