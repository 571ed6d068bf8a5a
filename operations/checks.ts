/** The checks a model version must pass in QA before any client meets it (C2). All of them run, whatever the first ones say. */
import type { ModelPackage } from "../lib/contracts/operator";
import { apiCheck } from "./checks-api";
import { dataCheck } from "./checks-data";
import { callByFetch, type Http, parsed, predictBody, predictionsIn, predictUrl, reasonOf } from "./http";
import { judgeLoad, type Load, type LoadPolicy, runLoad } from "./load";
import { METRICS, metricOver, reaches } from "./metrics";
import type { PackageContents } from "./package";

/** In the order they run; `package` is the reading of the package itself. */
export const CHECKS = ["package", "compatibility", "api", "data", "metric", "load"] as const;
export type CheckName = (typeof CHECKS)[number];

/** What the checks of an environment want. */
export interface ChecksPolicy {
  readonly load: LoadPolicy;
  /** Memory that a deployment of this environment has, in MiB. */
  readonly memoryMiB: number;
  /** Accelerators that a deployment of this environment has. @default none */
  readonly accelerators?: readonly string[];
  /**
   * Worst value of the project's metric that may be released, in its unit and direction; the package's own floor counts
   * besides. @default the package's floor alone
   */
  readonly maxMetric?: number | null;
}

export interface CheckResult {
  readonly check: CheckName;
  readonly ok: boolean;
  /** One sentence. */
  readonly message: string;
  /** JSON: what was measured. */
  readonly details: unknown;
  readonly seconds: number;
  /** It did not run, because somebody asked for that. */
  readonly skipped?: true;
}

/** What a check found. */
export type Finding = Pick<CheckResult, "ok" | "message" | "details">;

export interface CheckContext {
  readonly model: ModelPackage;
  readonly contents: PackageContents;
  /** Address of the QA deployment. */
  readonly url: string;
  readonly policy: ChecksPolicy;
  /** Memory the QA deployment uses; null when not known. */
  readonly memoryBytes: number | null;
  /** Checks that are left out. @default none */
  readonly skip?: readonly CheckName[];
  readonly signal?: AbortSignal;
  /** @default Node's fetch */
  readonly http?: Http;
  /** @default autocannon */
  readonly load?: Load;
}

/** A context with nothing left open. */
export type CheckSubject = CheckContext & { readonly http: Http; readonly load: Load };

const RUN: Readonly<Record<CheckName, (subject: CheckSubject) => Finding | Promise<Finding>>> = {
  package: packageCheck,
  compatibility: compatibilityCheck,
  api: apiCheck,
  data: dataCheck,
  metric: metricCheck,
  load: loadCheck,
};

/** Runs every check; one that breaks has failed. Rejects only when the signal says stop. */
export async function runChecks(
  context: CheckContext,
  onCheck: (result: CheckResult) => void = () => undefined,
): Promise<readonly CheckResult[]> {
  const subject: CheckSubject = { ...context, http: context.http ?? callByFetch, load: context.load ?? runLoad };
  const results: CheckResult[] = [];
  for (const check of CHECKS) {
    const result = context.skip?.includes(check) ? skipped(check) : await timed(check, () => RUN[check](subject));
    context.signal?.throwIfAborted();
    results.push(result);
    onCheck(result);
  }
  return results;
}

/** Times a check; what it throws is its finding. */
export async function timed(check: CheckName, run: () => Finding | Promise<Finding>): Promise<CheckResult> {
  const started = performance.now();
  const finding = await Promise.resolve()
    .then(run)
    .catch((error: unknown) => failed(`it could not be carried out: ${reasonOf(error)}`));
  return { check, ...finding, seconds: (performance.now() - started) / 1000 };
}

function skipped(check: CheckName): CheckResult {
  return { check, ok: true, skipped: true, message: "left out on request", details: null, seconds: 0 };
}

const failed = (message: string, details: unknown = null): Finding => ({ ok: false, message, details });

function packageCheck({ model, contents }: CheckSubject): Finding {
  const details = { registered: model.digest, found: contents.digest };
  return model.digest === contents.digest
    ? { ok: true, message: "the package is the one that was registered", details }
    : failed("the files of the package are not the ones that were registered", details);
}

async function compatibilityCheck({
  model,
  contents,
  url,
  policy,
  memoryBytes,
  http,
  signal,
}: CheckSubject): Promise<Finding> {
  const { manifest } = contents;
  const runtime = await runtimeOf(url, model.project, http, signal);
  const problems: string[] = [];
  if (!runtime) problems.push("the serving runtime does not tell its Python and packages");
  else {
    if (minor(runtime.python) !== minor(manifest.python)) {
      problems.push(`Python ${runtime.python} serves, ${manifest.python} is wanted`);
    }
    for (const [name, wanted] of Object.entries(manifest.packages)) {
      const present = runtime.packages[name.toLowerCase().replace(/[-_.]+/g, "-")];
      if (!present) problems.push(`package ${name} ${wanted} is missing where it is served`);
      else if (minor(present) !== minor(wanted)) problems.push(`${name} ${present} serves, ${wanted} is wanted`);
    }
  }
  const memoryMiB = memoryBytes === null ? null : Math.ceil(memoryBytes / 1024 / 1024);
  if (manifest.memoryMiB > policy.memoryMiB) {
    problems.push(`it wants ${manifest.memoryMiB} MiB of memory, a deployment has ${policy.memoryMiB} MiB`);
  }
  if (memoryMiB !== null && memoryMiB > policy.memoryMiB) {
    problems.push(`it uses ${memoryMiB} MiB of memory, a deployment has ${policy.memoryMiB} MiB`);
  }
  const { accelerator } = manifest;
  if (accelerator !== null && !policy.accelerators?.includes(accelerator)) {
    problems.push(`it wants accelerator ${accelerator}, a deployment has ${policy.accelerators?.join(", ") || "none"}`);
  }
  const { python, packages } = manifest;
  const details = {
    wanted: { python, packages, memoryMiB: manifest.memoryMiB, accelerator },
    memoryMiB,
    python: runtime?.python ?? null,
  };
  if (problems.length > 0) return failed(problems.join("; "), details);
  return {
    ok: true,
    message: `Python ${minor(python)}, ${Object.keys(packages).length} packages, memory and accelerator fit`,
    details,
  };
}

/** Version up to its minor number: patches are compatible, minors of numeric packages often are not. */
const minor = (version: string) => version.split(".").slice(0, 2).join(".");

interface Runtime {
  readonly python: string;
  /** Versions by normalized name (https://packaging.python.org/en/latest/specifications/name-normalization/). */
  readonly packages: Readonly<Record<string, string>>;
}

/** What a deployment runs on: `python` and `packages` of its readiness page, or of the metadata of the model's page. */
async function runtimeOf(url: string, project: string, http: Http, signal?: AbortSignal): Promise<Runtime | null> {
  for (const path of ["/readyz", `/v1/models/${encodeURIComponent(project)}`]) {
    const { status, body } = await http({ method: "GET", url: new URL(path, url).href, signal });
    if (status !== 200) continue;
    const page = parsed(body);
    const found = asRuntime(page) ?? asRuntime(field(page, "runtime")) ?? asRuntime(field(page, "metadata"));
    if (found) return found;
  }
  return null;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function asRuntime(value: unknown): Runtime | null {
  const [python, packages] = [field(value, "python"), field(value, "packages")];
  if (typeof python !== "string" || typeof packages !== "object" || packages === null) return null;
  const entries = Object.entries(packages).map(([name, version]) => [
    name.toLowerCase().replace(/[-_.]+/g, "-"),
    String(version),
  ]);
  return { python, packages: Object.fromEntries(entries) };
}

/** Instances in one request of the metric check. */
const BATCH = 200;

/** Asks for the whole labelled holdout and computes the metric again: what is served must be as good as what was trained. */
async function metricCheck({ model, contents, url, policy, http, signal }: CheckSubject): Promise<Finding> {
  const { metric } = contents.manifest;
  const { instances, labels } = contents.holdout;
  if (!METRICS[metric.name]) {
    return failed(`metric ${metric.name} is not known here; known are ${Object.keys(METRICS).join(", ")}`);
  }
  const predictions: number[] = [];
  for (let from = 0; from < instances.length; from += BATCH) {
    const batch = instances.slice(from, from + BATCH);
    const headers = { "content-type": "application/json" };
    const answer = await http({
      method: "POST",
      url: predictUrl(url, model.project),
      headers,
      body: predictBody(batch),
      signal,
    });
    const answered = predictionsIn(answer, batch.length);
    if (!answered)
      return failed(`the holdout from row ${from} on was answered with ${answer.status} and no predictions`);
    predictions.push(...answered);
  }
  const value = metricOver(metric.name, predictions, labels);
  const recorded = contents.metrics.overall[metric.name];
  const targets = [policy.maxMetric, metric.floor].filter((target) => typeof target === "number");
  const details = { metric: metric.name, served: value, recorded: recorded ?? null, targets, rows: labels.length };
  if (value === null || !Number.isFinite(value))
    return failed(`${metric.name} cannot be computed from the answers`, details);
  if (typeof recorded !== "number" || !Number.isFinite(recorded)) {
    return failed(`metrics.json holds no ${metric.name}`, details);
  }
  if (!near(value, recorded, 1e-4)) {
    return failed(
      `${metric.name} as served is ${text(value)}, as trained ${text(recorded)}: it is not the same model`,
      details,
    );
  }
  const missed = targets.filter((target) => !reaches(value, target, metric.direction));
  if (missed.length > 0) {
    const wanted = missed
      .map((target) => `${metric.direction === "lower" ? "at most" : "at least"} ${target}`)
      .join(", ");
    return failed(`${metric.name} is ${text(value)}, ${wanted} is wanted`, details);
  }
  return { ok: true, message: `${metric.name} is ${text(value)} over ${labels.length} rows`, details };
}

async function loadCheck({ model, contents, url, policy, load, signal }: CheckSubject): Promise<Finding> {
  const bodies = contents.golden.instances.map((instance) => predictBody([instance]));
  const result = await load({ url: predictUrl(url, model.project), bodies }, policy.load, signal);
  const broken = judgeLoad(result, policy.load);
  if (broken.length > 0) return failed(broken.join("; "), result);
  const message = `${result.rps.toFixed(0)} answers a second, p95 ${result.p95Ms?.toFixed(1)} ms, p99 ${result.p99Ms?.toFixed(1)} ms`;
  return { ok: true, message, details: result };
}

/** Equal within a share of the wanted value. */
export const near = (value: number, wanted: number, tolerance: number) =>
  Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted));

const text = (value: number) => String(Number(value.toPrecision(7)));
