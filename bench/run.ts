/**
 * `npm run bench`: what the blueprint costs beside a named peer measured in the same run. Machines are noisy, ratios less so.
 * Prints a table and writes `.mlops/bench.json`. With names it measures only those:
 *
 *   npm run bench -- start validate synth cloud up scoring
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { CODE_ROOT, finished, LocalEstate } from "../test/support/local-estate";
import { type Command, type Comparison, compare, median } from "./measure";
import { benchScoring, type ScoringResult } from "./scoring";

const MLOPS = join(CODE_ROOT, "cli/mlops.cjs");
const JITI = join(CODE_ROOT, "node_modules/.bin/jiti");
const PYTHON = join(CODE_ROOT, ".mlops/python/bin/python");
/** Ports of the estate, of the bare tracking server, and of the scoring bench. */
const PORTS = { estate: 27_100, tracking: 27_120, scoring: 27_130 };

const node = (...args: readonly string[]): Command => ({ file: process.execPath, args });
const mlops = (...args: readonly string[]): Command => node(MLOPS, "--environments", environments, ...args);
const environments = join(CODE_ROOT, "environments");
const say = (line: string) => process.stderr.write(`${line}\n`);

async function start(): Promise<readonly Comparison[]> {
  return [await compare("mlops --help", "node that does nothing", mlops("--help"), node("-e", "0"), 9)];
}

async function validate(): Promise<readonly Comparison[]> {
  const bare: Command = { file: JITI, args: [join(__dirname, "bare_parse.ts"), environments] };
  return [await compare("validate all environments", "the YAML library alone", mlops("validate"), bare)];
}

async function synth(scratch: string): Promise<readonly Comparison[]> {
  const out = join(scratch, "ours");
  await finishedWell(mlops("synth", "local", "--out", out));
  const { stacks } = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as {
    stacks: Record<string, { synthesizedStackPath: string }>;
  };
  // The same number of outputs in each stack.
  const sizes = Object.values(stacks).map(({ synthesizedStackPath }) => {
    const stack = JSON.parse(readFileSync(join(out, synthesizedStackPath), "utf8")) as { output?: object };
    return String(Object.keys(stack.output ?? {}).length);
  });
  const bare: Command = { file: JITI, args: [join(__dirname, "bare_synth.ts"), join(scratch, "bare"), ...sizes] };
  return [
    await compare("synth local", "the bare engine, as many resources", mlops("synth", "local", "--out", out), bare),
  ];
}

/** The whole production environment, and what one resource more costs. */
async function cloud(scratch: string): Promise<readonly Comparison[]> {
  const many = (which: string, count: number): Command => ({
    file: JITI,
    args: [join(__dirname, "many.ts"), which, String(count), join(scratch, `${which}-${count}`)],
  });
  const prod = [await production(scratch, "gcp"), await production(scratch, "azure")];
  const [few, half, all] = [
    await compare("500 buckets", "the bare binding", many("ours", 500), many("bare", 500), 3),
    await compare("2750 buckets", "the bare binding", many("ours", 2750), many("bare", 2750), 3),
    await compare("5000 buckets", "the bare binding", many("ours", 5000), many("bare", 5000), 3),
  ];
  return [...prod, few, half, all, more("the 2250 after 500", half, few), more("the 2250 after 2750", all, half)];
}

/** The shipped production environment on a cloud. */
async function production(scratch: string, on: "gcp" | "azure"): Promise<Comparison> {
  const folder = join(scratch, on);
  cpSync(environments, folder, { recursive: true, filter: (file) => !/\.ts$|schema$/.test(file) });
  const file = join(folder, "prod.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("cloud: gcp", `cloud: ${on}`));
  const out = join(folder, "out");
  const ours = node(MLOPS, "--environments", folder, "synth", "prod", "--out", out);
  await finishedWell(ours);
  const bare: Command = { file: JITI, args: [join(__dirname, "bare_stacks.ts"), out, join(folder, "bare"), on] };
  return compare(`synth prod on ${on}`, "the bare engine, the same resources", ours, bare);
}

/** What so many more cost, without what starting costs: with equal ones the cost of a resource does not grow. */
function more(name: string, large: Comparison, small: Comparison): Comparison {
  const ours = { seconds: large.ours.seconds - small.ours.seconds, memory: null };
  const theirs = { seconds: large.theirs.seconds - small.theirs.seconds, memory: null };
  return { name, peer: large.peer, ours, theirs, ratio: ours.seconds / theirs.seconds };
}

/** Seconds of one command in a workspace of its own; throws when it fails. */
async function timed(estate: LocalEstate, ...args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { code, stderr } = await estate.mlops(...args);
  if (code !== 0) throw new Error(`mlops ${args.join(" ")} ended with ${code}: ${stderr.slice(-1000)}`);
  return (performance.now() - started) / 1000;
}

/** Seconds until a bare MLflow server on SQLite answers: the slowest part alone. */
async function bareTracking(scratch: string, round: number): Promise<number> {
  const { spawn } = await import("node:child_process");
  const store = `sqlite:///${join(scratch, `mlflow-${round}.db`)}`;
  const args = [
    "-m",
    "mlflow",
    "server",
    "--workers",
    "1",
    "--port",
    String(PORTS.tracking),
    "--backend-store-uri",
    store,
  ];
  const started = performance.now();
  const env = { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" };
  const child = spawn(PYTHON, args, { cwd: scratch, env, stdio: "ignore", detached: true });
  const url = `http://127.0.0.1:${PORTS.tracking}/health`;
  try {
    for (;;) {
      if (
        await fetch(url).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return (performance.now() - started) / 1000;
      if (performance.now() - started > 120_000) throw new Error(`no answer from ${url}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    if (child.pid) process.kill(-child.pid, "SIGKILL");
  }
}

async function up(scratch: string): Promise<readonly Comparison[]> {
  const estate = new LocalEstate(PORTS.estate);
  const cold: number[] = [];
  const warm: number[] = [];
  const repeated: number[] = [];
  const bare: number[] = [];
  try {
    for (let round = 0; round < 3; round++) {
      await bareTracking(scratch, round);
      if (round > 0) await timed(estate, "destroy", "local", "--purge", "--yes");
      cold.push(await timed(estate, "up", "local"));
      await timed(estate, "down", "local");
      warm.push(await timed(estate, "up", "local"));
      repeated.push(await timed(estate, "up", "local"));
      bare.push(await bareTracking(scratch, round));
      say(
        `  round ${round + 1}: ${[cold, warm, repeated, bare].map((times) => times.at(-1)?.toFixed(1)).join(" s, ")} s`,
      );
    }
  } finally {
    await estate.remove();
  }
  const peer = "MLflow alone on an existing SQLite file";
  const row = (name: string, times: readonly number[]): Comparison => {
    const [ours, theirs] = [median(times), median(bare)];
    const measured = (seconds: number) => ({ seconds, memory: null });
    return { name, peer, ours: measured(ours), theirs: measured(theirs), ratio: ours / theirs };
  };
  return [
    row("up, nothing but packages", cold),
    row("up, data kept and nothing running", warm),
    row("up, nothing to do", repeated),
  ];
}

async function finishedWell({ file, args }: Command): Promise<void> {
  const { spawn } = await import("node:child_process");
  const { code, stderr } = await finished(spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] }));
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
}

function line({ name, peer, ours, theirs, ratio }: Comparison): string {
  const memory = ours.memory === null ? "" : ` ${Math.round(ours.memory)} MiB`;
  return `${name.padEnd(36)} ${`${ours.seconds.toFixed(2)} s${memory}`.padEnd(16)} ${ratio.toFixed(2).padStart(6)} x ${peer} (${theirs.seconds.toFixed(2)} s)`;
}

function scoringLines({ bare, direct, gateway }: ScoringResult): readonly string[] {
  const row = (name: string, { requestsPerSecond, throughputRatio, p99Ratio }: ScoringResult["direct"]) =>
    `${name.padEnd(36)} ${`${Math.round(requestsPerSecond)} req/s`.padEnd(16)} ${throughputRatio.toFixed(2).padStart(6)} x a bare FastAPI route; p99 at half that load ${p99Ratio.toFixed(2)} x`;
  return [
    `${"bare FastAPI route".padEnd(36)} ${Math.round(bare.requestsPerSecond)} req/s`,
    row("scoring app, direct", direct),
    row("scoring app, through the gateway", gateway),
  ];
}

const COMPARISONS = { start, validate, synth, cloud, up } as const;

async function main(names: readonly string[]): Promise<void> {
  const known = [...Object.keys(COMPARISONS), "scoring"];
  const wrong = names.filter((name) => !known.includes(name));
  if (wrong.length > 0) throw new Error(`no such bench: ${wrong.join(", ")}. There are: ${known.join(", ")}`);
  const wanted = (name: string) => names.length === 0 || names.includes(name);
  const scratch = mkdtempSync(join(tmpdir(), "mlops-bench-"));
  const comparisons: Comparison[] = [];
  let scoring: ScoringResult | null = null;
  try {
    for (const [name, bench] of Object.entries(COMPARISONS)) {
      if (!wanted(name)) continue;
      say(`${name} ...`);
      comparisons.push(...(await bench(scratch)));
    }
    if (wanted("scoring")) {
      say("scoring ...");
      scoring = await benchScoring({ codeRoot: CODE_ROOT, python: PYTHON, port: PORTS.scoring, progress: say });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const result = { at: new Date().toISOString(), node: process.version, cores: cpus().length, comparisons, scoring };
  mkdirSync(join(CODE_ROOT, ".mlops"), { recursive: true });
  writeFileSync(join(CODE_ROOT, ".mlops/bench.json"), `${JSON.stringify(result, null, 2)}\n`);
  console.log([...comparisons.map(line), ...(scoring ? scoringLines(scoring) : [])].join("\n"));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
