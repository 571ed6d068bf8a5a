/** A project's pipeline from the command line: where it lies, compiling it, running it with a row in the ledger. */
import fs from "node:fs";
import path from "node:path";
import type { Environment } from "../environments/schema";
import type { IOperator, Progress, StepEvent } from "../lib/contracts/operator";
import { EXIT, UserError } from "../lib/core/errors";
import type { Ledger, RunRecord } from "../operations/ledger";
import type { Context } from "./context";
import { Interrupted } from "./failure";
import { duration } from "./output";

/** Folder of a project. Throws when there is none, and names those there are. */
export function projectFolder(context: Context, project: string): string {
  const projects = path.join(context.codeRoot, "pipelines", "projects");
  const folder = path.join(projects, project);
  if (/^[a-z][a-z0-9-]*$/.test(project) && fs.existsSync(folder)) return folder;
  const known = fs
    .readdirSync(projects, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  throw new UserError({
    where: `project ${project}`,
    message: "there is no such project",
    fix: `Projects: ${known.join(", ")}`,
  });
}

/** The Python of the environment that set-up made. */
export function python(context: Context): string {
  const command = path.join(context.codeRoot, ".mlops", "python", "bin", "python");
  if (fs.existsSync(command)) return command;
  throw new UserError({ where: command, message: "the Python environment is missing", fix: "Run node cli/setup.mjs" });
}

/** The project's pipeline as KFP intermediate representation, YAML. */
export async function compilePipeline(context: Context, project: string): Promise<string> {
  const folder = projectFolder(context, project);
  const { execa } = await import("execa");
  const scratch = fs.mkdtempSync(path.join(context.codeRoot, ".mlops", "compile-"));
  const file = path.join(scratch, "pipeline.yaml");
  try {
    const pipelines = path.join(context.codeRoot, "pipelines");
    const result = await execa(python(context), ["-m", "steps.compile", "--project-directory", folder, "--out", file], {
      cwd: pipelines,
      env: { PYTHONPATH: pipelines },
      reject: false,
      cancelSignal: context.interrupt.signal,
    });
    if (result.failed) {
      const last = result.stderr.trim().split("\n").at(-1) ?? "no reason given";
      throw new UserError({ where: folder, message: `the pipeline does not compile: ${last.replace(/^error: /, "")}` });
    }
    return fs.readFileSync(file, "utf8");
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** `train.alpha=0.5` as typed: JSON where it is JSON, else text. */
export function parameterValues(typed: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    typed.map((text) => {
      const [, name, value] = /^([A-Za-z_][\w.]*)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new UserError({
          where: "--parameter",
          message: `got ${text}, wanted name=value, such as train.alpha=0.5`,
        });
      }
      try {
        return [name, JSON.parse(value) as unknown];
      } catch {
        return [name, value];
      }
    }),
  );
}

/** One run that is asked for. */
export interface TrainRequest {
  readonly operator: IOperator;
  readonly ledger: Ledger;
  readonly environment: Environment;
  readonly project: string;
  /** Over the project's and the environment's settings. */
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly dedupeKey?: string;
}

/** A run that came to a good end, now or before. */
export interface PipelineOutcome {
  readonly runId: string;
  /** This call ran nothing: the run was there. */
  readonly reused: boolean;
  /** Model version it registered; null when none was. */
  readonly version: string | null;
  readonly blessed: boolean;
  readonly reasons: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly trackingRunId: string | null;
  /** In a few words. */
  readonly summary: string;
}

/** Parameters of a project in an environment. */
export function parametersOf(environment: Environment, project: string, overrides: Readonly<Record<string, unknown>>) {
  const own = environment.projects.find(({ name }) => name === project);
  if (own === undefined) {
    const known = environment.projects.map(({ name }) => name).join(", ") || "none";
    throw new UserError({
      where: `environment ${environment.name}`,
      message: `the project ${project} is not in its list (${known})`,
      fix: `Add ${project} under projects: in environments/${environment.name}.yaml`,
    });
  }
  return { ...own.parameters, ...overrides };
}

/** Runs the pipeline and waits. A run that fails is an error that names the run. */
export async function trainProject(context: Context, request: TrainRequest, say: Progress): Promise<PipelineOutcome> {
  const { runPipeline } = await import("../operations/pipeline-run");
  const { overrides, ...rest } = request;
  const report = await context.interrupt.during(() =>
    runPipeline(
      {
        ...rest,
        directory: projectFolder(context, request.project),
        parameters: parametersOf(request.environment, request.project, overrides),
        signal: context.interrupt.signal,
      },
      (event) => say(eventLine(event)),
    ),
  );
  switch (report.state) {
    case "succeeded": {
      const { result } = report;
      if (result === null) throw new Error(`run ${report.runId} succeeded without a result`);
      return outcomeOf({ ...result, id: report.runId }, false);
    }
    case "duplicate":
      if (report.run.state === "succeeded") return outcomeOf(report.run, true);
      throw failed(report.runId, `was started before and is ${report.run.state}`);
    case "coolingDown":
      throw new UserError({ where: request.project, message: `cooling down until ${report.until}` }, EXIT.refused);
    case "interrupted":
      throw new Interrupted(`interrupted: pipeline run ${report.runId} was ended`);
    case "failed":
      throw failed(report.runId, report.error ?? report.result?.error ?? "failed without a reason");
  }
}

function failed(runId: string, why: string): UserError {
  return new UserError({ where: `pipeline run ${runId}`, message: why });
}

/** What a run led to, from its record or its result. */
export function outcomeOf(
  run: Pick<RunRecord, "id" | "version" | "reasons" | "metrics" | "trackingRunId"> & {
    readonly blessed: boolean | null;
  },
  reused: boolean,
): PipelineOutcome {
  const { id, version, reasons, metrics, trackingRunId } = run;
  const registered = version === null ? `no new version${reasons[0] ? `: ${reasons[0]}` : ""}` : `version ${version}`;
  return {
    runId: id,
    reused,
    version,
    blessed: run.blessed === true,
    reasons,
    metrics,
    trackingRunId,
    summary: reused ? `nothing changed since run ${id}` : registered,
  };
}

function eventLine({ step, state, seconds, message }: StepEvent): string {
  const time = seconds === undefined ? "" : ` (${duration(seconds)})`;
  return `${step} ${state}${time}${message ? `: ${message}` : ""}`;
}
