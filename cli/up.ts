/** `mlops up`: from an environment's file to a prediction through the address that clients call. */
import type { Environment, Project } from "../environments/schema";
import type { IOperator } from "../lib/contracts/operator";
import { EXIT, UserError } from "../lib/core/errors";
import type { Ledger } from "../operations/ledger";
import { exitCodeOf, type ReleaseReport } from "../operations/release-report";
import type { Context } from "./context";
import { deploy } from "./deploy";
import { loadEnvironment, withLedger } from "./estate";
import { fingerprint } from "./fingerprint";
import { type Prediction, predictGolden } from "./prediction";
import type { StepReport, Steps } from "./progress";
import { outcomeOf, type PipelineOutcome, parametersOf, trainProject } from "./project";
import { ENDINGS, releaseNeed } from "./release";
import { setUpPython } from "./setup-step";

/** What `up` did for one project. */
export interface ProjectReport {
  readonly project: string;
  readonly pipeline: PipelineOutcome;
  /** Null when nothing had to be released. */
  readonly release: ReleaseReport | null;
  readonly prediction: Prediction;
  /** Version in production. */
  readonly version: string;
}

/** What `up` did. */
export interface UpReport {
  readonly environment: string;
  readonly seconds: number;
  readonly steps: readonly StepReport[];
  readonly projects: readonly ProjectReport[];
  readonly addresses: Readonly<Record<string, string>>;
}

interface UpOptions {
  readonly context: Context;
  readonly name: string;
  readonly steps: Steps;
}

/** Deploys, trains, releases and predicts, each only where something changed. */
export async function up({ context, name, steps }: UpOptions): Promise<UpReport> {
  const started = performance.now();
  const environment = await steps.run("validate", async () => {
    const value = await loadEnvironment(context, name);
    onlyLocal(value);
    return { value, detail: `${value.projects.length} projects, cloud ${value.cloud}` };
  });
  await steps.run("set-up", (say) => setUpPython(context, environment, say));
  const { operator } = await deploy({ context, environment, steps, approve: async () => {} });
  const projects = await withLedger(operator, async (ledger) => {
    const reports: ProjectReport[] = [];
    for (const project of environment.projects) {
      context.interrupt.check();
      reports.push(await bringUp({ context, environment, operator, ledger, project, steps }));
    }
    return reports;
  });
  const parts = await operator.status();
  const addresses = Object.fromEntries(
    parts.flatMap(({ part, address }) => (address === null ? [] : [[part, address]])),
  );
  const seconds = (performance.now() - started) / 1000;
  return { environment: environment.name, seconds, steps: steps.reports, projects, addresses };
}

interface ProjectInput {
  readonly context: Context;
  readonly environment: Environment;
  readonly operator: IOperator;
  readonly ledger: Ledger;
  readonly project: Project;
  readonly steps: Steps;
}

async function bringUp(input: ProjectInput): Promise<ProjectReport> {
  const { context, environment, operator, ledger, steps } = input;
  const { name } = input.project;
  const pipeline = await steps.run(`pipeline ${name}`, async (say) => {
    const value = await trainIfNeeded(input, say);
    return { value, detail: value.summary };
  });
  context.interrupt.check();
  const release = await steps.run(`release ${name}`, async (say) => {
    const need = await releaseNeed({ operator, ledger, environment, project: name });
    if (need.version === null) return { value: null, detail: need.reason };
    const { runRelease } = await import("../operations/release");
    const { version } = need;
    const signal = context.interrupt.signal;
    const value = await context.interrupt.during(() =>
      runRelease({ operator, ledger, environment, project: name, version, signal, requestedBy: context.person }, say),
    );
    return { value, detail: `version ${version} ${ENDINGS[value.state]}${value.first ? " (first)" : ""}` };
  });
  if (release !== null && release.state !== "promoted") throw notPromoted(name, release);
  const version = await operator.models.byAlias(name, "production");
  if (version === null) {
    const where = `project ${name}`;
    const message = `no model version may serve: ${pipeline.reasons.join("; ") || "none was registered"}`;
    throw new UserError(
      { where, message, fix: "Change the project's settings or its data, and run again" },
      EXIT.refused,
    );
  }
  const prediction = await steps.run(`predict ${name}`, async () => {
    const value = await predictGolden(operator, name, version);
    return { value, detail: `${value.prediction.toPrecision(6)} by version ${value.modelVersion ?? "?"}` };
  });
  return { project: name, pipeline, release, prediction, version };
}

/** A release that did not reach production ends the command: the former version goes on serving. */
export function notPromoted(project: string, { version, state, reasons }: ReleaseReport): UserError {
  const list = reasons.length > 0 ? reasons : ["no reason given"];
  const where = `release of ${project} version ${version}`;
  return new UserError(
    list.map((reason) => ({ where, message: `${ENDINGS[state]}: ${reason}` })),
    exitCodeOf({ state }),
  );
}

/** A run with the same code, packages, parameters and data that ended well is not repeated. */
async function trainIfNeeded(input: ProjectInput, say: (line: string) => void): Promise<PipelineOutcome> {
  const { context, environment, operator, ledger, project } = input;
  const { name } = project;
  const parameters = parametersOf(environment, name, {});
  const digest = fingerprint({ codeRoot: context.codeRoot, project: name, parameters });
  const earlier = (await ledger.runs({ environment: environment.name, project: name, limit: 500 })).filter(
    ({ dedupeKey }) => dedupeKey?.startsWith(`up:${digest}:`) === true,
  );
  const good = earlier.find(({ state }) => state === "succeeded");
  // A registry that was emptied needs its model again, whatever the ledger remembers.
  if (good !== undefined && (await operator.models.latest(name)) !== null) return outcomeOf(good, true);
  const dedupeKey = `up:${digest}:${earlier.length + 1}`;
  return trainProject(
    context,
    { operator, ledger, environment, project: name, overrides: {}, reason: "manual", dedupeKey },
    say,
  );
}

function onlyLocal({ name, cloud }: Environment): void {
  if (cloud === "local") return;
  throw new UserError({
    where: `environment ${name}`,
    message: `up is for cloud: local; this one is ${cloud}`,
    fix: `Use mlops deploy ${name}`,
  });
}
