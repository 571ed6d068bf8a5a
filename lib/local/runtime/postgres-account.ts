/**
 * As whom PostgreSQL runs. It refuses to be root, and an unprivileged user cannot enter a folder that only root enters.
 * So, as root: in a user namespace, where root's own files are seen as an unprivileged user's; where the system forbids
 * namespaces, as an unprivileged user on copies in a system folder. Anybody else runs it as themselves.
 */
import { chmod, chown, cp, lstat, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../core/errors";
import { shortHash } from "./context";
import { ensureDirectory, exists, explainFileError, readText } from "./files";

/** How PostgreSQL's programs are run. */
export type PostgresAccount =
  | { readonly kind: "self" }
  | { readonly kind: "namespace"; readonly unshare: string; readonly user: string; readonly uid: number }
  | {
      readonly kind: "system";
      readonly user: string;
      readonly uid: number;
      readonly gid: number;
      /** Holds copies of the programs and the data. */
      readonly folder: string;
    };

/** A command of PostgreSQL, ready to be run. */
export interface PostgresCommand {
  readonly argv: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** What a machine says when it is asked; apart, so that the choice can be tested. */
export interface AccountProbe {
  readonly root: boolean;
  /** Absolute path of `unshare`, or null. */
  readonly unshare: string | null;
  /** Whether PostgreSQL starts and the estate can be written inside a namespace that shows root as `uid`. */
  works(unshare: string, uid: number): Promise<boolean>;
  /** The text of /etc/passwd. */
  readonly passwd: string;
  /** Where the copies would go. */
  readonly systemFolder: string;
}

/** Users that exist on nearly every system and own nothing. */
const UNPRIVILEGED = ["nobody", "daemon", "bin"];

/** Decides who runs PostgreSQL. @throws UserError when nobody can. */
export async function chooseAccount(probe: AccountProbe): Promise<PostgresAccount> {
  if (!probe.root) return { kind: "self" };
  const user = unprivilegedUser(probe.passwd);
  if (!user) {
    throw new UserError({
      where: "database",
      message: "PostgreSQL refuses to run as root and /etc/passwd names no unprivileged user (nobody, daemon, bin)",
      fix: "Run the command as a user other than root",
    });
  }
  if (probe.unshare && (await probe.works(probe.unshare, user.uid))) {
    return { kind: "namespace", unshare: probe.unshare, user: user.name, uid: user.uid };
  }
  return { kind: "system", user: user.name, uid: user.uid, gid: user.gid, folder: probe.systemFolder };
}

/** First of the well-known unprivileged users in /etc/passwd. */
export function unprivilegedUser(passwd: string): { name: string; uid: number; gid: number } | null {
  const users = new Map(passwd.split("\n").map((line) => [line.split(":")[0], line.split(":")]));
  for (const name of UNPRIVILEGED) {
    const [, , uid, gid] = users.get(name) ?? [];
    if (uid && gid && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/** The command line that runs a program of PostgreSQL as this account. */
export function commandAs(account: PostgresAccount, argv: readonly string[]): PostgresCommand {
  switch (account.kind) {
    case "self":
      return { argv };
    case "namespace":
      return { argv: [account.unshare, "--user", `--map-user=${account.uid}`, "--", ...argv] };
    case "system":
      return { argv, uid: account.uid, gid: account.gid };
    default:
      return account satisfies never;
  }
}

/** Folder of the data under this account. */
export function dataFolder(account: PostgresAccount, estateDatabase: string): string {
  return account.kind === "system" ? path.join(account.folder, "database") : estateDatabase;
}

/** Asks this machine. @param postgres the program to try. @param estate a folder it must be able to write to. */
export async function probeMachine(postgres: string, estate: string): Promise<AccountProbe> {
  const places = ["/usr/bin/unshare", "/bin/unshare", "/usr/local/bin/unshare"];
  const found = await Promise.all(places.map(exists));
  return {
    root: process.getuid?.() === 0,
    unshare: places.find((_, index) => found[index]) ?? null,
    passwd: (await readText("/etc/passwd").catch(() => null)) ?? "",
    systemFolder: `/var/lib/mlops-${shortHash(estate)}`,
    async works(unshare, uid) {
      const { execa } = await import("execa");
      const script = 'test -w "$0" && exec "$1" --version';
      const parts = [unshare, "--user", `--map-user=${uid}`, "--", "/bin/sh", "-c", script, estate, postgres];
      const { failed } = await execa(parts[0] ?? "", parts.slice(1), {
        reject: false,
        timeout: 10_000,
        stdin: "ignore",
      });
      return !failed;
    },
  };
}

/**
 * Makes the system folder: checked to be root's own way down, private to the unprivileged user, marked with the estate it
 * belongs to, with a copy of the programs. @throws UserError when somebody else could have put something there.
 */
export async function prepareSystemFolder(
  account: Extract<PostgresAccount, { kind: "system" }>,
  native: string,
  estate: string,
  version: string,
): Promise<void> {
  const { folder, uid, gid } = account;
  const parent = await lstat(path.dirname(folder)).catch(() => null);
  if (!parent?.isDirectory() || parent.uid !== 0 || (parent.mode & 0o022) !== 0) {
    throw refused(path.dirname(folder), "does not belong to root alone");
  }
  const owner = path.join(folder, "estate");
  const present = await lstat(folder).catch(() => null);
  if (present && (!present.isDirectory() || present.uid !== uid || (present.mode & 0o077) !== 0)) {
    throw refused(folder, `exists and is not a private folder of the user ${account.user}`);
  }
  const marked = await readText(owner);
  if (present && marked !== null && marked.trim() !== estate)
    throw refused(folder, `belongs to the estate ${marked.trim()}`);
  const copy = path.join(folder, "native");
  try {
    await ensureDirectory(folder);
    await chmod(folder, 0o700);
    if ((await readFile(path.join(copy, "VERSION"), "utf8").catch(() => "")) !== version) {
      await rm(copy, { recursive: true, force: true });
      await cp(native, copy, { recursive: true, verbatimSymlinks: true });
      await mkdir(copy, { recursive: true });
      const { writeFile } = await import("node:fs/promises");
      await writeFile(owner, `${estate}\n`, { mode: 0o644 });
      await writeFile(path.join(copy, "VERSION"), version, { mode: 0o644 });
    }
    // The programs stay root's: who runs them cannot change them.
    await chown(folder, uid, gid);
  } catch (error) {
    throw explainFileError(error, folder);
  }
}

function refused(where: string, message: string): UserError {
  return new UserError({
    where,
    message: `PostgreSQL refuses to run as root and user namespaces do not work here, so it needs this folder, but it ${message}`,
    fix: "Run the command as a user other than root",
  });
}
