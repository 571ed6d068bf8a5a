/** What must be right before anything is touched. */
import { randomBytes } from "node:crypto";
import { rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Problem, UserError } from "../../core/errors";
import { type EstateMarker, estatePaths, type RuntimeContext } from "./context";
import { ensureDirectory, exists, explainFileError, readJson } from "./files";
import { processesOf } from "./leftovers";
import { portHolder, portProblem, probePort, type WantedPort } from "./ports";
import type { ProcessInfo } from "./processes";

/** Space that must be free: PostgreSQL's logs, MLflow's first artifacts and a backup fit. MiB. */
export const MINIMUM_FREE_MIB = 512;

const MIB = 2 ** 20;

/** The nearest folder at or above `directory` that exists. */
async function nearestFolder(directory: string): Promise<string> {
  let at = path.resolve(directory);
  while (!(await exists(at)) && path.dirname(at) !== at) at = path.dirname(at);
  return at;
}

/** Free space where the estate is or will be, in MiB. */
export async function freeMiB(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestFolder(directory));
  return Math.floor((bavail * bsize) / MIB);
}

/** Says that space is short; null when there is enough. */
export async function diskProblem(directory: string, minimum = MINIMUM_FREE_MIB): Promise<Problem | null> {
  const free = await freeMiB(directory);
  if (free >= minimum) return null;
  return {
    where: directory,
    message: `only ${free} MiB are free on this disk, ${minimum} MiB are needed`,
    fix: "Free some space, or set `clouds.local.directory` to a folder on another disk",
  };
}

/** Says that the estate's folder cannot be written; null when it can. Tries it: modes do not tell of read-only mounts. */
export async function folderProblem(directory: string): Promise<Problem | null> {
  const trial = path.join(directory, `.trial-${randomBytes(4).toString("hex")}`);
  try {
    await ensureDirectory(directory);
    await writeFile(trial, "");
    return null;
  } catch (error) {
    const explained = error instanceof UserError ? error : explainFileError(error, directory);
    if (explained instanceof UserError) return explained.problems[0] ?? null;
    throw error;
  } finally {
    await rm(trial, { force: true }).catch(() => undefined);
  }
}

/** Says that the Python environment is missing; null when it is there. */
export async function pythonProblem({ python }: Pick<RuntimeContext, "python">): Promise<Problem | null> {
  if (await exists(python)) return null;
  return {
    where: python,
    message: "the Python environment is not installed",
    fix: "Run `npm run up`, which installs it",
  };
}

/** Ports somebody else holds, one problem each. A port held by a process of this estate is its own business. */
export async function foreignPorts(
  wanted: readonly WantedPort[],
  estate: string,
  processes: () => Promise<readonly ProcessInfo[]>,
): Promise<Problem[]> {
  const states = await Promise.all(wanted.map(async (want) => ({ want, state: await probePort(want.port) })));
  const busy = states.filter(({ state }) => state !== "free");
  if (busy.length === 0) return [];
  const ours = new Set(processesOf(await processes(), estate).map(({ pid }) => pid));
  const problems = await Promise.all(
    busy.map(async ({ want, state }) => {
      if (state === "free") return null;
      const holder = state === "taken" ? await portHolder(want.port) : null;
      return holder && ours.has(holder.pid) ? null : portProblem(want, state, holder);
    }),
  );
  return problems.filter((problem) => problem !== null);
}

/** Says that the folder is another environment's estate; null when it is free or ours, or when that one was renamed to us. */
export async function ownerProblem({ directory, environment, workspace }: RuntimeContext): Promise<Problem | null> {
  const owner = (await readJson<EstateMarker>(estatePaths(directory).marker))?.environment;
  if (!owner || owner === environment) return null;
  if (!(await exists(path.join(workspace, "environments", `${owner}.yaml`)))) return null;
  return {
    where: directory,
    message: `is the estate of the environment \`${owner}\`, and \`${environment}\` would take it over`,
    fix: `Give \`${environment}\` a \`clouds.local.directory\` of its own, and ports of its own`,
  };
}

/** Throws all problems at once. Folder and disk come first: with those, nothing else can be tried. */
export async function preflight(context: RuntimeContext, needsPython: boolean): Promise<void> {
  const folder = await folderProblem(context.directory);
  const problems = [
    folder,
    folder ? null : await diskProblem(context.directory),
    await ownerProblem(context),
    needsPython ? await pythonProblem(context) : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new UserError(problems);
}
