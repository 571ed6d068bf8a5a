/**
 * An online physical backup of the database by PostgreSQL's low-level interface: nothing stops, and the copy is
 * consistent at its end (https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP).
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import type { Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { estatePaths, type RuntimeContext } from "./context";
import { superuserLogin, withClient } from "./database";
import { ensureDirectory, errorCode, explainFileError, writeJson } from "./files";
import { deployedPart } from "./layers";
import { findPostgres } from "./postgres";
import { readSecrets } from "./secrets";

/** What a backup says of itself; stands in it as `manifest.json`. */
export interface BackupManifest {
  readonly version: 1;
  readonly environment: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Version of the server, like `18.4`. */
  readonly postgresql: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/** Contents that PostgreSQL makes anew at every start; the folders themselves must be there. */
const EMPTIED = [
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
  "pg_replslot",
  "pg_wal",
];

/** Writes a backup into `<estate>/backups`. The caller holds the estate's lock. */
export async function backupDatabase(
  context: RuntimeContext,
  progress: Progress,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const { backups } = estatePaths(context.directory);
  const part = deployedPart(context, "database");
  const { data } = await findPostgres(context);
  const login = superuserLogin(part, await readSecrets(context.directory));
  const createdAt = new Date().toISOString();
  const name = `database-${createdAt.replace(/[:.]/g, "-")}`;
  const staging = path.join(backups, `${name}.partial`);
  await ensureDirectory(backups);
  // Of backups that were killed: nobody else makes one at this moment.
  for (const left of (await readdir(backups)).filter((entry) => entry.endsWith(".partial"))) {
    await rm(path.join(backups, left), { recursive: true, force: true });
  }
  await ensureDirectory(staging);
  try {
    const postgresql = await withClient(login, (client) => copyOnline(client, data, staging, progress)).catch(
      notRunning,
    );
    const files = await hashTree(staging);
    const manifest: BackupManifest = { version: 1, environment: context.environment, createdAt, postgresql, files };
    await writeJson(path.join(staging, "manifest.json"), manifest);
    progress("packing");
    const { execa } = await import("execa");
    const archive = path.join(backups, `${name}.tar.gz`);
    await execa("tar", ["-czf", `${archive}.partial`, "-C", staging, "."], { stdin: "ignore" });
    await chmod(`${archive}.partial`, 0o600);
    await rename(`${archive}.partial`, archive);
    return { path: archive, bytes: (await stat(archive)).size };
  } catch (error) {
    throw explainFileError(error, backups);
  } finally {
    await rm(staging, { recursive: true, force: true });
    await rm(`${path.join(backups, name)}.tar.gz.partial`, { force: true });
  }
}

function notRunning(error: unknown): never {
  if (errorCode(error) !== "ECONNREFUSED") throw error;
  throw new UserError({
    where: "database",
    message: "does not run",
    fix: "Start the estate with `mlops up`, then back it up",
  });
}

async function copyOnline(client: Client, data: string, target: string, progress: Progress): Promise<string> {
  // Holds the log until this session ends: it would otherwise be recycled under the copy.
  await client.query("SELECT pg_create_physical_replication_slot($1, true, true)", [`backup_${process.pid}`]);
  const start = await one<{ segment: string; version: string }>(
    client,
    "SELECT pg_walfile_name(pg_backup_start('mlops', fast => true)) AS segment, current_setting('server_version') AS version",
  );
  progress("copying the database");
  await copyTree(data, target, "");
  const stop = await one<{ segment: string; labelfile: string; spcmapfile: string }>(
    client,
    "SELECT pg_walfile_name(lsn) AS segment, labelfile, spcmapfile FROM pg_backup_stop(wait_for_archive => false)",
  );
  await writeFile(path.join(target, "backup_label"), stop.labelfile, { mode: 0o600 });
  if (stop.spcmapfile.trim()) await writeFile(path.join(target, "tablespace_map"), stop.spcmapfile, { mode: 0o600 });
  // The log from the backup's start to its end makes the copy consistent. Names sort in order on one timeline.
  for (const segment of (await readdir(path.join(data, "pg_wal"))).filter((name) => /^[0-9A-F]{24}$/.test(name))) {
    if (segment < start.segment || segment > stop.segment) continue;
    await copyFile(path.join(data, "pg_wal", segment), path.join(target, "pg_wal", segment));
  }
  return start.version;
}

async function one<T extends object>(client: Client, sql: string): Promise<T> {
  const { rows } = await client.query<T>(sql);
  const row = rows[0];
  if (!row) throw new Error(`no row from: ${sql}`);
  return row;
}

/** Copies the cluster's files but for those PostgreSQL says to leave out. */
async function copyTree(from: string, to: string, relative: string): Promise<void> {
  await mkdir(path.join(to, relative), { recursive: true, mode: 0o700 });
  for (const entry of await readdir(path.join(from, relative), { withFileTypes: true })) {
    const name = path.join(relative, entry.name);
    if (entry.isDirectory()) {
      if (EMPTIED.includes(name)) await mkdir(path.join(to, name), { mode: 0o700 });
      else if (!entry.name.startsWith("pgsql_tmp")) await copyTree(from, to, name);
    } else if (entry.isFile() && !isLeftOut(entry.name)) {
      await copyFile(path.join(from, name), path.join(to, name));
    }
  }
}

function isLeftOut(name: string): boolean {
  return ["postmaster.pid", "postmaster.opts", "pg_internal.init"].includes(name) || name.startsWith("pgsql_tmp");
}

async function copyFile(from: string, to: string): Promise<void> {
  try {
    await pipeline(createReadStream(from), createWriteStream(to, { mode: 0o600 }));
  } catch (error) {
    // A table that was dropped meanwhile: the log says so too.
    if (errorCode(error) === "ENOENT") await rm(to, { force: true });
    else throw error;
  }
}

/** Every file below a folder with its size and SHA-256, sorted by path. */
export async function hashTree(root: string): Promise<BackupManifest["files"]> {
  const names = (await readdir(root, { recursive: true })).sort();
  const files: { path: string; bytes: number; sha256: string }[] = [];
  for (const name of names) {
    const file = path.join(root, name);
    const info = await stat(file);
    if (!info.isFile()) continue;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    files.push({ path: name.split(path.sep).join("/"), bytes: info.size, sha256: hash.digest("hex") });
  }
  return files;
}
