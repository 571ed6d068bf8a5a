/** Puts a backup in the place of the database. The former data is kept until the restored server answers. */
import { chown, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { type BackupManifest, hashTree } from "./backup";
import type { RuntimeContext } from "./context";
import { ensureDirectory, exists, readJson } from "./files";
import { deployedPart } from "./layers";
import { findPostgres, type Postgres, setSuperuserPassword } from "./postgres";
import { readSecrets, SECRET } from "./secrets";
import { endLeftovers, stopEstate, stopPrograms } from "./stop";
import { Supervisor } from "./supervisor";

/** Brings the estate, or one layer of it, up: `converge`, handed in since it uses this file too. */
type Converge = (scope: { readonly layer?: string; readonly trial?: boolean }) => Promise<unknown>;

/** The former data, until the restored server has answered. Where it is, the present data is on trial. */
const previous = ({ data }: Postgres) => `${data}.previous`;
const incoming = ({ data }: Postgres) => `${data}.restoring`;
const discarded = ({ data }: Postgres) => `${data}.discarded`;

/** Clients of the database, and the database. */
const STOPPED = ["scheduler", "tracking", "database"];

/**
 * Restores a backup. Clients of the database are stopped meanwhile; what ran before runs again after.
 * @throws UserError when the backup is damaged or of another PostgreSQL, before anything is stopped; or when the restored
 * server does not answer, after the former data is back in place.
 */
export async function restoreDatabase(
  context: RuntimeContext,
  archive: string,
  progress: Progress,
  converge: Converge,
): Promise<void> {
  deployedPart(context, "database");
  const postgres = await findPostgres(context);
  const supervisor = new Supervisor(context);
  progress("checking the backup");
  await unpack(postgres, archive);

  const wasUp = ((await supervisor.programs()) ?? []).some(({ pid }) => pid > 0);
  await stopPrograms(supervisor, progress, STOPPED);
  // A server that a killed supervisor left must not write into a folder that is moved away.
  await endLeftovers(supervisor, progress);
  await undoRestore(supervisor, postgres, progress);
  progress("restoring");
  if (await exists(postgres.data)) await rename(postgres.data, previous(postgres));
  await rename(incoming(postgres), postgres.data);
  try {
    if (postgres.account.kind === "system") await chownTree(postgres.data, postgres.account.uid, postgres.account.gid);
    await setSuperuserPassword(context, postgres, (await readSecrets(context.directory))[SECRET.superuser] ?? "");
    await converge({ layer: "data", trial: true });
  } catch (error) {
    await undoRestore(supervisor, postgres, progress);
    if (wasUp) await converge({});
    throw error;
  }
  if (wasUp) await converge({});
  else await stopEstate(context, progress);
}

/** Unpacks a backup beside the database and compares every file with its manifest. */
async function unpack(postgres: Postgres, archive: string): Promise<void> {
  const damaged = (message: string, cause?: unknown) =>
    new UserError({ where: archive, message, fix: "Restore another backup" }, 1, { cause });
  if (!(await exists(archive))) throw damaged("there is no such file");
  const target = incoming(postgres);
  await rm(target, { recursive: true, force: true });
  await ensureDirectory(target);
  try {
    const { execa } = await import("execa");
    const { failed, stderr } = await execa("tar", ["-xzf", archive, "-C", target], { reject: false, stdin: "ignore" });
    if (failed) throw damaged(`is not a whole backup: ${stderr.split("\n")[0] ?? ""}`);
    const manifestFile = path.join(target, "manifest.json");
    const manifest = await readJson<BackupManifest>(manifestFile);
    if (manifest?.version !== 1) throw damaged("holds no manifest of this version");
    await rm(manifestFile);
    const wrong = differingFiles(manifest.files, await hashTree(target));
    if (wrong.length > 0)
      throw damaged(`is damaged: ${wrong.length} files differ from its manifest, first ${wrong[0]}`);
    const [wanted, got] = [postgres.version.split(".")[0], manifest.postgresql.split(".")[0]];
    if (wanted !== got) throw damaged(`was made by PostgreSQL ${got}, but PostgreSQL ${wanted} is installed`);
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

/** Names that are in one list only, or in both with other bytes. */
export function differingFiles(wanted: BackupManifest["files"], got: BackupManifest["files"]): string[] {
  const left = new Map(wanted.map(({ path: name, sha256 }) => [name, sha256]));
  const wrong = got.filter(({ path: name, sha256 }) => left.get(name) !== sha256).map(({ path: name }) => name);
  const present = new Set(got.map(({ path: name }) => name));
  return [...wrong, ...wanted.filter(({ path: name }) => !present.has(name)).map(({ path: name }) => name)].sort();
}

async function chownTree(root: string, uid: number, gid: number): Promise<void> {
  await chown(root, uid, gid);
  for (const name of await readdir(root, { recursive: true })) await chown(path.join(root, name), uid, gid);
}

/**
 * Puts the former data back when a restore did not come to its end: its server does not answer, or its process was killed
 * before it could know. May itself be cut short and done again.
 */
export async function undoRestore(supervisor: Supervisor, postgres: Postgres, progress: Progress): Promise<void> {
  if (!(await exists(previous(postgres)))) return;
  progress("the restored database never answered: putting the former one back");
  await stopPrograms(supervisor, progress, STOPPED);
  await rm(postgres.data, { recursive: true, force: true });
  await rename(previous(postgres), postgres.data);
}

/** Deletes the former data, and what a restore that was cut short unpacked: the present server answers. */
export async function discardPrevious(postgres: Postgres): Promise<void> {
  // Under another name first: half deleted, it must not be taken for what can be put back.
  if (await exists(previous(postgres))) await rename(previous(postgres), discarded(postgres));
  for (const left of [discarded(postgres), incoming(postgres)]) await rm(left, { recursive: true, force: true });
}
