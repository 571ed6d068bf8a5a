/** Runs a project's pipeline on this machine: kfp's local runner in a Python process of its own. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { IPipelineRunner, PipelineRequest, PipelineResult, StepEvent } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { baseEnvironment, estatePaths, type RuntimeContext } from "./context";
import { ensureDirectory, tail, writeJson } from "./files";
import { addressOf } from "./health";
import { deployedPart } from "./layers";
import { signal as sendSignal } from "./processes";
import { MLFLOW_ENVIRONMENT, pipelineThreads } from "./programs";
import { pruneRuns } from "./retention";

/** A cancelled run gets this long to end its steps. */
const GRACE_MS = 5_000;

/** One line of the runner's output. */
type RunnerEvent = ({ readonly event: "step" } & StepEvent) | ({ readonly event: "result" } & PipelineResult);

/** Reads one line; null for a line that is no event. */
export function parseEvent(line: string): RunnerEvent | null {
  try {
    const value = JSON.parse(line) as { event?: unknown } | null;
    return value?.event === "step" || value?.event === "result" ? (value as RunnerEvent) : null;
  } catch {
    return null;
  }
}

/** The pipeline runner of one local estate. */
export class LocalPipelines implements IPipelineRunner {
  constructor(private readonly context: RuntimeContext) {}

  async run(
    request: PipelineRequest,
    onStep: (event: StepEvent) => void,
    signal?: AbortSignal,
  ): Promise<PipelineResult> {
    signal?.throwIfAborted();
    const { directory, codeRoot, python } = this.context;
    const orchestrator = deployedPart(this.context, "orchestrator");
    const tracking = deployedPart(this.context, "tracking");
    const runDirectory = path.join(directory, orchestrator.runs, request.project, request.runId);
    const logFile = path.join(estatePaths(directory).logs, "pipelines", `${request.runId}.log`);
    const parameters = path.join(estatePaths(directory).run, `parameters-${request.runId}.json`);
    await ensureDirectory(runDirectory);
    await ensureDirectory(path.dirname(logFile));
    await writeJson(parameters, request.parameters);
    const pipelines = path.join(codeRoot, "pipelines");
    const argv = [
      ...["-m", "steps.local_run", "--project-directory", path.resolve(request.directory)],
      ...["--run-id", request.runId, "--run-directory", runDirectory],
      ...["--cache-directory", path.join(directory, orchestrator.cache)],
      ...["--artifacts-directory", path.join(directory, "buckets", "artifacts")],
      ...["--parameters", parameters, "--reason", request.reason],
      ...["--git-commit", await gitCommit(codeRoot)],
    ];
    const { execa } = await import("execa");
    const child = execa(python, argv, {
      cwd: pipelines,
      extendEnv: false,
      env: {
        ...baseEnvironment(this.context),
        ...MLFLOW_ENVIRONMENT,
        ...pipelineThreads(),
        PYTHONPATH: pipelines,
        MLFLOW_TRACKING_URI: addressOf(tracking),
        MLOPS_PART: "pipeline",
      },
      // A group of its own, so that a cancelled run ends with all its steps. Its stdin is ours: when we die, it reads the end.
      detached: true,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      buffer: false,
      reject: false,
    });
    const end = () => endGroup(child.pid);
    signal?.addEventListener("abort", end, { once: true });
    try {
      const log = createWriteStream(logFile, { mode: 0o600 });
      child.stderr.pipe(log);
      const result = await readEvents(child.stdout, onStep, (line) => log.write(`${line}\n`));
      const { exitCode } = await child;
      signal?.throwIfAborted();
      if (result) return result;
      throw await noResult(request.project, exitCode, logFile);
    } finally {
      signal?.removeEventListener("abort", end);
      await rm(parameters, { force: true });
      // A disk that cannot be tidied must not turn a good run into a failed one.
      await pruneRuns(this.context, orchestrator, request.project).catch(() => undefined);
    }
  }
}

async function readEvents(
  stdout: NodeJS.ReadableStream,
  onStep: (event: StepEvent) => void,
  onOther: (line: string) => void,
): Promise<PipelineResult | null> {
  let result: PipelineResult | null = null;
  for await (const line of createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    const parsed = parseEvent(line);
    if (parsed === null) {
      onOther(line);
      continue;
    }
    const { event, ...rest } = parsed;
    if (event === "step") onStep(rest as StepEvent);
    else result = rest as PipelineResult;
  }
  return result;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  sendSignal(-pid, "SIGTERM");
  setTimeout(() => sendSignal(-pid, "SIGKILL"), GRACE_MS).unref();
}

async function noResult(project: string, exitCode: number | undefined, logFile: string): Promise<UserError> {
  const lines = await tail(logFile, 10);
  return new UserError({
    where: `pipeline of ${project}`,
    message: `ended ${exitCode === undefined ? "by a signal" : `with status ${exitCode}`} without a result${lines.length > 0 ? `: ${lines.at(-1)}` : ""}`,
    fix: `Read ${logFile}`,
    ...(lines.length > 0 && { frame: lines.join("\n") }),
  });
}

/**
 * Commit of the code that runs, with `-dirty` behind it when files that pipelines are made of differ from it; `unknown`
 * outside a git clone.
 */
export async function gitCommit(codeRoot: string): Promise<string> {
  const { execa } = await import("execa");
  const options = { cwd: codeRoot, reject: false, stdin: "ignore", timeout: 5_000 } as const;
  const [head, changes] = await Promise.all([
    execa("git", ["rev-parse", "HEAD"], options),
    execa("git", ["status", "--porcelain", "--", "pipelines"], options),
  ]);
  if (head.failed || !head.stdout) return "unknown";
  return `${head.stdout.trim()}${changes.stdout ? "-dirty" : ""}`;
}
