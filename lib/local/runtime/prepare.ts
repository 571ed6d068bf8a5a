/** Makes everything that programs find when they start: folders, secrets, the cluster, their files. Repeatable. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { PartChange } from "../../contracts/operator";
import { type EstateMarker, estatePaths, type RuntimeContext } from "./context";
import { ensureDirectory, exists, writeJson } from "./files";
import { type PlacedPart, partsOfKind } from "./layers";
import { jupyterSettings } from "./notebooks";
import { ensureCluster, type Postgres } from "./postgres";
import { jupyterConfig, schedulesFile } from "./programs";
import { ensureSecrets, SECRET, writePgpass } from "./secrets";
import { ensureSlot, ensureTraffic } from "./traffic";

/** What was made. */
export interface Prepared {
  readonly changes: readonly PartChange[];
  readonly secrets: Readonly<Record<string, string>>;
}

/** Deletes the files of programs that are gone, a notebook server's token among them. @param programs those there are. */
export async function tidy(
  { directory }: RuntimeContext,
  programs: readonly { readonly name: string }[],
): Promise<void> {
  const { programs: folder } = estatePaths(directory);
  const present = new Set(programs.map(({ name }) => name));
  for (const file of await readdir(folder).catch(() => [])) {
    if (!present.has(path.basename(file, ".json"))) await rm(path.join(folder, file), { force: true });
  }
  if (!present.has("notebooks")) await rm(path.dirname(jupyterConfig(directory)), { recursive: true, force: true });
}

/** Prepares some parts of the estate. @param all every deployed part: some files tell of several layers. */
export async function prepare(
  context: RuntimeContext,
  parts: readonly PlacedPart[],
  all: readonly PlacedPart[],
  postgres: Postgres | null,
): Promise<Prepared> {
  const { directory } = context;
  const paths = estatePaths(directory);
  const changes: PartChange[] = [];
  const note = (part: string, created: boolean) => changes.push({ part, change: created ? "created" : "unchanged" });

  await writeJson(paths.marker, { version: 1, environment: context.environment } satisfies EstateMarker);
  for (const folder of [paths.logs, paths.run, path.join(paths.run, "home"), paths.programs, paths.backups]) {
    await ensureDirectory(folder);
  }
  for (const { part } of partsOfKind(parts, "directory")) {
    const folder = path.join(directory, part.path);
    note(part.name, !(await exists(folder)));
    await ensureDirectory(folder);
  }
  for (const { part } of partsOfKind(parts, "orchestrator")) {
    const folders = [part.runs, part.cache, part.packages].map((folder) => path.join(directory, folder));
    note(part.name, !(await Promise.all(folders.map(exists))).every(Boolean));
    for (const folder of folders) await ensureDirectory(folder);
  }

  const databases = partsOfKind(all, "database");
  const hadSecrets = await exists(paths.secrets);
  const secrets = await ensureSecrets(directory, [
    ...partsOfKind(all, "secrets").flatMap(({ part }) => part.secrets),
    ...databases.flatMap(({ part }) => [SECRET.superuser, ...part.databases.map(SECRET.database)]),
    ...partsOfKind(all, "notebooks").map(() => SECRET.notebooks),
  ]);
  for (const { part } of partsOfKind(parts, "secrets")) note(part.name, !hadSecrets);

  for (const { part } of partsOfKind(parts, "database")) {
    if (!postgres) throw new Error("PostgreSQL was not looked for");
    await ensureCluster(context, postgres, secrets[SECRET.superuser] ?? "");
    const owners = part.databases.map((name) => [name, secrets[SECRET.database(name)] ?? ""]);
    await writePgpass(directory, part.port, Object.fromEntries(owners));
  }
  for (const { part } of partsOfKind(parts, "modelServer")) {
    await ensureSlot(directory, part);
    await ensureDirectory(path.join(directory, part.logs));
  }
  if (partsOfKind(parts, "gateway").length > 0) await ensureTraffic(directory);
  for (const { part } of partsOfKind(parts, "scheduler")) {
    await writeJson(schedulesFile(directory), { schedules: part.schedules });
  }
  for (const { part } of partsOfKind(parts, "notebooks")) {
    const settings = jupyterSettings(part, context.workspace, secrets[SECRET.notebooks] ?? "");
    await writeJson(jupyterConfig(directory), settings);
  }
  return { changes, secrets };
}
