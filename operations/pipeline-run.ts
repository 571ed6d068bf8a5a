/** Runs a project's pipeline once, with a row in the ledger from its start to its end, whatever the end is. */
import { setTimeout as sleep } from "node:timers/promises";
import type { IOperator, PipelineResult, StepEvent } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import { reasonOf } from "./http";
import { idOfKey, timeId } from "./id";
import type { Ledger, LedgerLock, RunRecord } from "./ledger";

/** What starts a pipeline run. */
export interface PipelineRunContext {
  readonly operator: Pick<IOperator, "pipelines">;
  readonly ledger: Ledger;
  readonly environment: { readonly name: string; readonly retraining?: { readonly cooldownMinutes: number } };
  readonly project: string;
  /** Folder of the project. */
  readonly directory: string;
  /** Values that override the project's settings. @default none */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** `manual`, `schedule`, `new-data`, `drift`, `performance`, `code`. @default `manual` */
  readonly reason?: string;
  /** Requests with one key make one run. @default none: every request makes one */
  readonly dedupeKey?: string;
  /**
   * Seconds since the project's last run before another may start by itself; a manual run never waits.
   * @default the environment's `retraining.cooldownMinutes`
   */
  readonly coolDownSeconds?: number;
  readonly signal?: AbortSignal;
}

/** What became of a request for a run. */
export type PipelineRunReport =
  | {
      readonly state: "succeeded" | "failed" | "interrupted";
      readonly runId: string;
      /** Null when the run ended without saying anything of itself. */
      readonly result: PipelineResult | null;
      readonly error: string | null;
      readonly seconds: number;
    }
  /** The dedupe key was seen before; `run` is what it led to. */
  | { readonly state: "duplicate"; readonly runId: string; readonly run: RunRecord }
  | { readonly state: "coolingDown"; readonly runId: null; readonly until: string };

const coolDownOf = ({ coolDownSeconds, environment }: PipelineRunContext) =>
  coolDownSeconds ?? (environment.retraining?.cooldownMinutes ?? 0) * 60;

const lockOf = (runId: string) => `run ${runId}`;

/**
 * Runs a pipeline. A step's event is told on and recorded; a run that fails is a report, not an exception.
 *
 * @throws UserError when the ledger is away before the run starts
 */
export async function runPipeline(
  context: PipelineRunContext,
  onStep: (event: StepEvent) => void = () => undefined,
): Promise<PipelineRunReport> {
  const { operator, ledger, environment, project, directory, parameters = {}, reason = "manual", signal } = context;
  const runId = context.dedupeKey ? idOfKey(environment.name, project, context.dedupeKey) : timeId();
  await closeDeadRuns(ledger, environment.name);
  // Taken before the row is written: a row without its lock is a dead run.
  const taken = await lockOrRun(ledger, environment.name, project, runId);
  if ("run" in taken) return { state: "duplicate", runId, run: taken.run };
  try {
    const start = await ledger.startRun({
      id: runId,
      environment: environment.name,
      project,
      reason,
      dedupeKey: context.dedupeKey ?? null,
      parameters,
      coolDownSeconds: reason === "manual" ? 0 : coolDownOf(context),
    });
    if (start.outcome === "duplicate") return { state: "duplicate", runId, run: start.run };
    if (start.outcome === "coolingDown") return { state: "coolingDown", runId: null, until: start.until };
    const started = performance.now();
    const recorder = recordSteps(ledger, runId, onStep);
    const request = { project, directory, runId, parameters, reason };
    const end = await outcomeOf(() => operator.pipelines.run(request, recorder.onStep, signal), signal);
    await recorder.settled();
    const { state, result, error } = end;
    await ledger.finishRun(runId, state, { ...result, ...(error === null ? {} : { error }) });
    return { state, runId, result, error, seconds: (performance.now() - started) / 1000 };
  } finally {
    await taken.lock.release();
  }
}

/** The lock of a run, or the run that holds it: between its lock and its row there is a moment. */
async function lockOrRun(
  ledger: Ledger,
  environment: string,
  project: string,
  runId: string,
): Promise<{ readonly lock: LedgerLock } | { readonly run: RunRecord }> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const lock = await ledger.lock(lockOf(runId));
    if (lock) return { lock };
    const run = (await ledger.runs({ environment, project })).find(({ id }) => id === runId);
    if (run) return { run };
    await sleep(250);
  }
  throw new UserError({
    message: `Another process is about to start run ${runId} of ${project} and does not`,
    fix: "Try again",
  });
}

/** Marks runs as interrupted whose process is gone: they are open, and nobody holds their lock. */
export async function closeDeadRuns(ledger: Ledger, environment: string): Promise<readonly string[]> {
  const closed: string[] = [];
  for (const { id } of await ledger.runs({ environment, state: "running" })) {
    const lock = await ledger.lock(lockOf(id));
    if (!lock) continue;
    try {
      await ledger.finishRun(id, "interrupted", { error: "the process that ran it ended without a word" });
      closed.push(id);
    } finally {
      await lock.release();
    }
  }
  return closed;
}

type End = Pick<Extract<PipelineRunReport, { result: unknown }>, "state" | "result" | "error">;

async function outcomeOf(run: () => Promise<PipelineResult>, signal?: AbortSignal): Promise<End> {
  try {
    const result = await run();
    if (signal?.aborted && result.state === "failed") return { state: "interrupted", result, error: "interrupted" };
    return { state: result.state, result, error: result.error ?? null };
  } catch (error) {
    if (signal?.aborted) return { state: "interrupted", result: null, error: "interrupted" };
    return { state: "failed", result: null, error: reasonOf(error) };
  }
}

/** Events come faster than rows are written: they are written in their order, and a lost one does not fail the run. */
function recordSteps(ledger: Ledger, runId: string, onStep: (event: StepEvent) => void) {
  let queue: Promise<void> = Promise.resolve();
  return {
    onStep: (event: StepEvent) => {
      onStep(event);
      queue = queue.then(() => ledger.recordRunStep(runId, event)).catch(() => undefined);
    },
    settled: () => queue,
  };
}
