/** Makes what runs equal to what is deployed. Idempotent; may be killed at any moment and run again. */

import type { PartChange, Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { foreignPorts, preflight } from "./checks";
import { estatePaths, type RuntimeContext } from "./context";
import { ensureDatabases, isWrongPassword } from "./database";
import { readText } from "./files";
import { deployedLayers, type PlacedPart, partsOf, partsOfKind } from "./layers";
import { findPostgres, type Postgres, setSuperuserPassword } from "./postgres";
import { prepare, tidy } from "./prepare";
import { listProcesses } from "./processes";
import { isProgramPart, type Program, programsOf } from "./programs";
import { waitReady } from "./ready";
import { discardPrevious, undoRestore } from "./restore";
import { SECRET } from "./secrets";
import { endLeftovers } from "./stop";
import { type SupervisedProgram, Supervisor } from "./supervisor";

/** A program that runs but does not answer gets this long before it is started anew. */
const HUNG_MS = 10_000;

/** What must hold before {@link converge} changes anything. */
export interface Scope {
  /** Only this layer is brought up; all of them when absent. */
  readonly layer?: string;
  /** Called once everything was checked and before anything is changed: here a layer is recorded. */
  readonly commit?: () => Promise<void>;
  /** The database was restored and has not answered yet: it is not put back at once. @default false */
  readonly trial?: boolean;
  /** Parts that the records do not hold yet. */
  readonly adding?: readonly PlacedPart[];
}

/** Brings the estate, or one layer of it, up. The caller holds the estate's lock. */
export async function converge(context: RuntimeContext, progress: Progress, scope: Scope = {}): Promise<PartChange[]> {
  const recorded = partsOf(deployedLayers(context.directory));
  const all = scope.adding ? [...recorded.filter(({ layer }) => layer !== scope.layer), ...scope.adding] : recorded;
  const parts = scope.layer === undefined ? all : all.filter(({ layer }) => layer === scope.layer);
  const runs = all.some(({ part }) => isProgramPart(part));

  await preflight(context, runs);
  const supervisor = new Supervisor(context);
  const postgres = partsOfKind(all, "database").length > 0 ? await findPostgres(context) : null;
  const programs = await programsOf(context, all, postgres);
  const wanted = programs.filter(({ part }) => parts.some((placed) => placed.part === part));
  const answered = await supervisor.programs();
  await checkPorts(context, wanted, answered);

  await scope.commit?.();
  const before = answered ?? (await supervisor.regain(progress));
  const taken = await endLeftovers(supervisor, progress);
  if (postgres && !scope.trial && partsOfKind(parts, "database").length > 0) {
    await undoRestore(supervisor, postgres, progress);
  }
  const { changes, secrets } = await prepare(context, parts, all, postgres);
  if (!runs) return [...changes, ...(await stopGone(supervisor, before))];

  await supervisor.write(programs);
  const applied = (await supervisor.census()).supervisor
    ? await supervisor.reload()
    : await supervisor.start().then(() => ({ changed: [], removed: [] }));
  await tidy(context, programs);
  const changed = programs.filter(({ name }) => applied.changed.includes(name) && wasUp(before, name));
  const started = await start(context, supervisor, [...new Set([...wanted, ...changed])], {
    progress,
    postgres,
    secrets,
    programs,
  });
  return [
    ...changes,
    ...wanted.map(({ name }) => changeOf(name, before, applied.changed, started, taken)),
    ...applied.removed.map((part): PartChange => ({ part, change: "stopped" })),
  ];
}

function wasUp(before: readonly SupervisedProgram[] | null, name: string): boolean {
  return before?.some((program) => program.name === name && program.pid > 0) ?? false;
}

function changeOf(
  part: string,
  before: readonly SupervisedProgram[] | null,
  changed: readonly string[],
  started: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): PartChange {
  if (taken.has(part) || (changed.includes(part) && wasUp(before, part))) return { part, change: "restarted" };
  if (!started.has(part)) return { part, change: "unchanged" };
  return { part, change: wasUp(before, part) ? "restarted" : "started" };
}

/** STARTING lasts for a program's first second, whether or not it answers already. */
function isUp(state: SupervisedProgram["state"] | undefined): boolean {
  return state === "RUNNING" || state === "STARTING";
}

async function checkPorts(
  { directory }: RuntimeContext,
  wanted: readonly Program[],
  before: readonly SupervisedProgram[] | null,
): Promise<void> {
  const launched = await Promise.all(
    wanted.map(({ name }) => readText(`${estatePaths(directory).programs}/${name}.json`)),
  );
  // One that runs as it should has its port already.
  const open = wanted.filter(
    ({ name, launch }, index) =>
      !(
        before?.some((program) => program.name === name && isUp(program.state)) &&
        launched[index] === `${JSON.stringify(launch, null, 2)}\n`
      ),
  );
  const problems = await foreignPorts(open, directory, listProcesses);
  if (problems.length > 0) throw new UserError(problems);
}

/** With no program left in any layer, the supervisor has nothing to do. */
async function stopGone(supervisor: Supervisor, before: readonly SupervisedProgram[] | null): Promise<PartChange[]> {
  const { supervisor: alive } = await supervisor.census();
  if (!alive) return [];
  await Promise.all((before ?? []).map(({ name }) => supervisor.stop(name)));
  await supervisor.shutdown();
  return (before ?? []).filter(({ pid }) => pid > 0).map(({ name }) => ({ part: name, change: "stopped" }));
}

interface StartOptions {
  readonly progress: Progress;
  readonly postgres: Postgres | null;
  readonly secrets: Readonly<Record<string, string>>;
  /** Every program of the estate. */
  readonly programs: readonly Program[];
}

/** Starts what does not run, all at once but for what waits for others; resolves when all answer. Returns what was started. */
async function start(
  context: RuntimeContext,
  supervisor: Supervisor,
  wanted: readonly Program[],
  options: StartOptions,
): Promise<ReadonlySet<string>> {
  const { progress, secrets } = options;
  const started = new Set<string>();
  const state = new Map((await supervisor.programs())?.map((program) => [program.name, program.state]));
  const ready = new Map<string, Promise<void>>();

  const bringUp = async (program: Program): Promise<void> => {
    for (const name of program.after) {
      const other = options.programs.find((candidate) => candidate.name === name);
      // What is brought up by another layer's turn must only answer by now.
      await (ready.get(name) ?? (other && waitReady(context, supervisor, other, secrets)));
    }
    if (isUp(state.get(program.name))) {
      const answers = waitReady(context, supervisor, program, secrets, HUNG_MS);
      if (
        await answers.then(
          () => true,
          () => false,
        )
      )
        return complete(program);
      progress(`${program.name} runs but does not answer: starting it anew`);
      await supervisor.stop(program.name);
    }
    started.add(program.name);
    await supervisor.startProgram(program.name);
    const since = Date.now();
    await waitReady(context, supervisor, program, secrets);
    await complete(program);
    progress(`${program.name} is up (${((Date.now() - since) / 1_000).toFixed(1)} s)`);
  };

  const complete = async (program: Program): Promise<void> => {
    if (program.part.kind !== "database") return;
    const { part } = program;
    const { postgres } = options;
    if (!postgres) throw new Error("PostgreSQL was not looked for");
    await ensureDatabases(part, secrets).catch(async (error: unknown) => {
      if (!isWrongPassword(error)) throw error;
      // Who may read this folder has the data anyway: there is nothing to guard by giving up.
      progress("secrets.json is not the one the database was made with: setting its passwords anew");
      await supervisor.stop(program.name);
      await setSuperuserPassword(context, postgres, secrets[SECRET.superuser] ?? "");
      await supervisor.startProgram(program.name);
      await waitReady(context, supervisor, program, secrets);
      await ensureDatabases(part, secrets);
    });
    await discardPrevious(postgres);
  };

  // In the order of dependencies, so that what is waited for is already in the map.
  for (const program of [...wanted].sort((a, b) => a.after.length - b.after.length)) {
    ready.set(program.name, bringUp(program));
  }
  const results = await Promise.allSettled(ready.values());
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const unexpected = failures.find((failure) => !(failure instanceof UserError));
  if (unexpected !== undefined) throw unexpected;
  const problems = failures.flatMap((failure) => (failure instanceof UserError ? failure.problems : []));
  // A part that waits for a failed one fails with the very same words.
  const distinct = problems.filter(
    (problem, index) =>
      problems.findIndex(({ where, message }) => where === problem.where && message === problem.message) === index,
  );
  if (distinct.length > 0) throw new UserError(distinct);
  return started;
}
