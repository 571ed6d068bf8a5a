/**
 * Scoring against a bare FastAPI route on the same server, with the same body: throughput, and latency at half load.
 * The scoring app does all it does in production: validation, metrics and the log of every prediction.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { median } from "./measure";

export interface ScoringOptions {
  readonly codeRoot: string;
  /** Python with the packages of pipelines/requirements.txt. */
  readonly python: string;
  /** First of three free ports in a row. @default 22040 */
  readonly port?: number;
  /** Interleaved rounds; the median counts. @default 5 */
  readonly rounds?: number;
  /** Length of one measurement. @default 3 */
  readonly seconds?: number;
  /** Connections that ask without a pause when throughput is measured. @default 16 */
  readonly connections?: number;
  readonly progress?: (message: string) => void;
}

export interface Served {
  /** Requests answered per second with every connection busy, median. */
  readonly requestsPerSecond: number;
  /** 99th percentile of latency in milliseconds at `rate`, median. */
  readonly p99Ms: number;
  /** Requests per second sent when latency was measured: half the direct app's throughput, at the gateway half its own. */
  readonly rate: number;
  /** Throughput divided by the bare route's: more is better. */
  readonly throughputRatio: number;
  /** p99 divided by the bare route's at the same rate: less is better. */
  readonly p99Ratio: number;
}

export interface ScoringResult {
  readonly rounds: number;
  readonly bare: Pick<Served, "requestsPerSecond" | "p99Ms" | "rate">;
  readonly direct: Served;
  readonly gateway: Served;
}

/** One row of the diabetes data set. */
const PERSON = { age: 59, sex: 2, bmi: 32.1, bp: 101, s1: 157, s2: 93.2, s3: 38, s4: 4, s5: 4.8598, s6: 87 };
const FEATURES = Object.keys(PERSON);
const BODY = JSON.stringify({ instances: [PERSON] });
const REQUEST = { method: "POST", body: BODY, headers: { "content-type": "application/json" } } as const;

const PACKAGE = {
  "manifest.json": { version: 1, project: "diabetes" },
  "schema.json": { version: 1, features: FEATURES.map((name) => ({ name, type: "number", required: true })) },
  "transform.json": {
    version: 1,
    columns: FEATURES.map((name) => ({ name, kind: "standardize", mean: 50, scale: 13.5 })),
  },
  "model.json": {
    version: 1,
    kind: "linear",
    intercept: 152.1,
    coefficients: FEATURES.map((_, index) => index * 3.7 - 11),
    columns: FEATURES,
  },
};

/** Measures; takes about 2 × rounds × 3 × seconds. Every process it starts is ended. */
export async function benchScoring(options: ScoringOptions): Promise<ScoringResult> {
  const { rounds = 5, seconds = 3, connections = 16, port = 22040, progress = () => {} } = options;
  const folder = mkdtempSync(join(tmpdir(), "mlops-bench-"));
  const children: ChildProcess[] = [];
  try {
    const urls = await start(options, folder, port, children);
    const names = ["bare", "direct", "gateway"] as const;
    const full = { bare: [] as number[], direct: [] as number[], gateway: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      for (const name of names) {
        const rate = await throughput(urls[name], connections, round === 0 ? 1 : seconds);
        if (round > 0) full[name].push(rate);
      }
      if (round > 0) progress(`scoring: throughput, round ${round} of ${rounds}`);
    }
    const most = { bare: median(full.bare), direct: median(full.direct), gateway: median(full.gateway) };
    const half = { direct: most.direct / 2, gateway: most.gateway / 2 };
    const late = { bare: [] as number[], direct: [] as number[], bareSlow: [] as number[], gateway: [] as number[] };
    for (let round = 1; round <= rounds; round++) {
      late.bare.push(await p99At(urls.bare, half.direct, seconds));
      late.direct.push(await p99At(urls.direct, half.direct, seconds));
      late.bareSlow.push(await p99At(urls.bare, half.gateway, seconds));
      late.gateway.push(await p99At(urls.gateway, half.gateway, seconds));
      progress(`scoring: latency at half load, round ${round} of ${rounds}`);
    }
    const served = (name: "direct" | "gateway", peer: readonly number[]): Served => ({
      requestsPerSecond: most[name],
      p99Ms: median(late[name]),
      rate: half[name],
      throughputRatio: most[name] / most.bare,
      p99Ratio: median(late[name]) / median(peer),
    });
    return {
      rounds,
      bare: { requestsPerSecond: most.bare, p99Ms: median(late.bare), rate: half.direct },
      direct: served("direct", late.bare),
      gateway: served("gateway", late.bareSlow),
    };
  } finally {
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, "exit")));
    rmSync(folder, { recursive: true });
  }
}

async function start({ codeRoot, python }: ScoringOptions, folder: string, port: number, children: ChildProcess[]) {
  const pipelines = join(codeRoot, "pipelines");
  const model = join(folder, "package");
  const slotFile = join(folder, "blue.json");
  const trafficFile = join(folder, "traffic.json");
  mkdirSync(model);
  for (const [name, content] of Object.entries(PACKAGE)) writeFileSync(join(model, name), JSON.stringify(content));
  const script =
    "import sys; from pathlib import Path; from steps.digests import of_folder; print(of_folder(Path(sys.argv[1])))";
  const digest = execFileSync(python, ["-c", script, model], { cwd: pipelines, encoding: "utf8" }).trim();
  const released = { project: "diabetes", version: "1", uri: model, digest };
  const logging = { sample: 1, retentionDays: 1, redact: [] };
  writeFileSync(slotFile, JSON.stringify({ model: released, drill: null, logging }));
  const traffic = { generation: 1, stable: "blue", canary: null, canaryPercent: 0, project: "diabetes" };
  writeFileSync(trafficFile, JSON.stringify(traffic));

  const [direct, gateway] = [port + 1, port + 2];
  const run = (file: string, args: readonly string[]) =>
    children.push(spawn(file, args, { cwd: pipelines, stdio: ["ignore", "ignore", "inherit"] }));
  run(python, [join(codeRoot, "bench/bare_app.py"), "--port", `${port}`]);
  const logs = ["--slot-file", slotFile, "--slot", "blue", "--log-directory", join(folder, "logs")];
  run(python, ["-m", "serving", "--port", `${direct}`, ...logs]);
  const gatewayFile = join(codeRoot, "lib/local/runtime/gateway.cjs");
  run(process.execPath, [
    gatewayFile,
    "--port",
    `${gateway}`,
    "--traffic-file",
    trafficFile,
    "--slot",
    `blue=${direct}`,
  ]);
  const path = "/v1/models/diabetes:predict";
  const urls = {
    bare: `http://127.0.0.1:${port}/predict`,
    direct: `http://127.0.0.1:${direct}${path}`,
    gateway: `http://127.0.0.1:${gateway}${path}`,
  };
  for (const url of Object.values(urls)) await answers(url, children);
  return urls;
}

async function answers(url: string, children: readonly ChildProcess[]): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const dead = children.find((child) => child.exitCode !== null);
    if (dead) throw new Error(`${dead.spawnargs.join(" ")} ended with ${dead.exitCode}`);
    const code = await fetch(url, REQUEST)
      .then((answer) => answer.status)
      .catch(() => 0);
    if (code === 200) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${url} gave no prediction within 30 s`);
}

async function throughput(url: string, connections: number, duration: number): Promise<number> {
  const result = await autocannon({ ...REQUEST, url, connections, duration });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${url}: ${failed} requests failed under load`);
  return result["2xx"] / result.duration;
}

/** autocannon sends a connection's share of a second in one go; so many connections take turns within it. */
const TURNS = 40;

/** The 99th percentile in milliseconds at a steady rate of requests per second. (autocannon's own is rounded to 1 ms.) */
async function p99At(url: string, rate: number, seconds: number): Promise<number> {
  const times: number[] = [];
  const failures: number[] = [];
  const turn = async (index: number) => {
    await new Promise((done) => setTimeout(done, (index * 1000) / TURNS));
    const overallRate = Math.max(1, Math.round(rate / TURNS));
    const options = { ...REQUEST, url, connections: 1, overallRate, duration: seconds };
    const { non2xx, errors, timeouts } = await new Promise<autocannon.Result>((resolve, reject) => {
      const running = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
      running.on("response", (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
    });
    failures.push(non2xx + errors + timeouts);
  };
  await Promise.all(Array.from({ length: TURNS }, (_, index) => turn(index)));
  const failed = failures.reduce((sum, count) => sum + count, 0);
  if (failed > 0) throw new Error(`${url}: ${failed} requests failed at half load`);
  times.sort((a, b) => a - b);
  return times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}
