/** Stopping, and deleting what was stopped. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { type EstateMarker, estatePaths, type RuntimeContext } from "./context";
import { exists, readJson } from "./files";
import { politeSignal } from "./leftovers";
import { endProcesses } from "./processes";
import { Supervisor } from "./supervisor";

/** What is stopped after what: clients before servers, the database last. Programs of one line stop together. */
const ORDER: readonly (readonly string[])[] = [
  ["gateway", "scheduler"],
  ["qa", "blue", "green", "notebooks"],
  ["tracking"],
  ["database"],
];

/** Stops these programs in order; all of them unless told. The supervisor goes on. */
export async function stopPrograms(
  supervisor: Supervisor,
  progress: Progress,
  names?: readonly string[],
): Promise<void> {
  const running = ((await supervisor.programs()) ?? []).filter(({ name }) => names?.includes(name) ?? true);
  const known = new Set(ORDER.flat());
  for (const line of [running.map(({ name }) => name).filter((name) => !known.has(name)), ...ORDER]) {
    const now = running.filter(({ name }) => line.includes(name));
    const up = now.filter(({ pid }) => pid > 0).map(({ name }) => name);
    if (up.length > 0) progress(`stopping ${up.join(", ")}`);
    await Promise.all(now.map(({ name }) => supervisor.stop(name)));
  }
}

/** Ends what a killed supervisor left: it cannot be taken back under a new one. Returns the parts that were among them. */
export async function endLeftovers(supervisor: Supervisor, progress: Progress): Promise<ReadonlySet<string>> {
  const { leftovers } = await supervisor.census();
  const parts = new Set(leftovers.flatMap(({ part }) => (part ? [part] : [])));
  if (leftovers.length > 0) {
    progress(`ending ${leftovers.length} processes left without a supervisor: ${[...parts].join(", ")}`);
    // Clients first, as in the order above.
    const clients = leftovers.filter(({ part }) => part !== "database");
    await endProcesses(clients, 15_000);
    await endProcesses(leftovers, 30_000, politeSignal);
  }
  return parts;
}

/** Stops everything of the estate, left-behind processes and pipeline runs included. The caller holds the estate's lock. */
export async function stopEstate(context: RuntimeContext, progress: Progress): Promise<void> {
  const supervisor = new Supervisor(context);
  const { runs } = await supervisor.census();
  if (runs.length > 0) {
    progress(`ending ${runs.length} processes of pipeline runs`);
    await endProcesses(runs, 10_000);
  }
  await stopPrograms(supervisor, progress);
  await supervisor.shutdown();
  await endLeftovers(supervisor, progress);
  await rm(estatePaths(context.directory).supervisorPid, { force: true });
}

/** Everything the estate's folder may hold. Only these are ever deleted. */
const OWN = [
  ...["estate.json", "secrets.json", "pgpass", "layers", "state", "buckets", "orchestrator", "serving"],
  ...["supervisor", "logs", "backups", "run", "database.json"],
];

/** Whether an entry of the estate's folder was made by the runtime. */
export function isOwnEntry(name: string): boolean {
  return OWN.includes(name) || /^database(\.[a-z]+)*$/.test(name);
}

/**
 * Deletes the data of a stopped estate, Terraform's record of it included. Files that the estate did not make stay.
 * @throws UserError when it runs, or when the folder is not an estate.
 */
export async function purgeEstate(context: RuntimeContext): Promise<void> {
  const { directory, environment } = context;
  const { root, marker } = estatePaths(directory);
  const names = await readdir(root).catch(() => []);
  if (names.length === 0) return;
  const mark = await readJson<EstateMarker>(marker);
  if (mark?.version !== 1) {
    throw new UserError({
      where: root,
      message: "does not look like an estate (it has no estate.json), so nothing was deleted",
      fix: "Check `clouds.local.directory`, or delete the folder by hand",
    });
  }
  if (mark.environment !== environment) {
    throw new UserError({
      where: root,
      message: `is the estate of the environment \`${mark.environment}\`, not of \`${environment}\`, so nothing was deleted`,
      fix: "Give each local environment its own `clouds.local.directory`",
    });
  }
  const { supervisor, leftovers, runs } = await new Supervisor(context).census();
  if (supervisor || leftovers.length > 0 || runs.length > 0) {
    throw new UserError({
      where: root,
      message: "the estate still runs",
      fix: `Run \`mlops down ${environment}\` first`,
    });
  }
  await purgeSystemFolder(context);
  // The mark goes last: until then a purge that was cut short can be run again.
  const own = names.filter((name) => isOwnEntry(name) && name !== path.basename(marker));
  await Promise.all(own.map((name) => rm(path.join(root, name), { recursive: true, force: true })));
  await rm(marker, { force: true });
}

/** The folder outside the estate that PostgreSQL may have needed. */
async function purgeSystemFolder({ directory }: RuntimeContext): Promise<void> {
  const { probeMachine } = await import("./postgres-account");
  const { systemFolder } = await probeMachine("", directory);
  const { readText } = await import("./files");
  if (!(await exists(systemFolder))) return;
  if ((await readText(path.join(systemFolder, "estate")))?.trim() === directory) {
    await rm(systemFolder, { recursive: true, force: true });
  }
}
