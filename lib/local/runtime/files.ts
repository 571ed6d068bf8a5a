/** Files written so that a reader, or the next start after a crash, never sees half of one. */
import { randomBytes } from "node:crypto";
import { access, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../core/errors";

/** The code of a system error (`ENOENT`, …); undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

const CURES: Record<string, { readonly message: string; readonly fix: string }> = {
  ENOSPC: { message: "there is no space left on the disk", fix: "Free some space and run the command again" },
  EDQUOT: { message: "the disk quota is used up", fix: "Free some space and run the command again" },
  EROFS: { message: "the folder is read-only", fix: "Set `clouds.local.directory` to a folder that can be written" },
  EACCES: {
    message: "this user may not write here",
    fix: "Run as the owner of the folder, or set `clouds.local.directory` to a folder of your own",
  },
};

/** Codes with the same cure. 53100 is PostgreSQL's disk_full: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const ALIASES: Record<string, string> = { EPERM: "EACCES", "53100": "ENOSPC" };

/** A system error of a file as a person wants to read it; every other error is returned as it is. */
export function explainFileError(error: unknown, where: string): unknown {
  const code = errorCode(error) ?? "";
  const cure = CURES[ALIASES[code] ?? code];
  if (!cure) return error;
  return new UserError({ where, message: cure.message, fix: cure.fix }, 1, { cause: error });
}

/** Writes a file by way of a temporary one beside it, so that it is there whole or not at all. @param mode 0o600 unless told. */
export async function writeAtomic(file: string, content: string, mode = 0o600): Promise<void> {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw explainFileError(error, file);
  }
}

/** Writes JSON, indented, with a newline at the end; leaves a file that already says so alone. Returns whether it wrote. */
export async function writeJson(file: string, value: unknown, mode = 0o600): Promise<boolean> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if ((await readText(file)) === text) return false;
  await writeAtomic(file, text, mode);
  return true;
}

/** The text of a file; null when there is none. */
export async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw explainFileError(error, file);
  }
}

/** The JSON of a file; null when there is none. @throws UserError when it cannot be parsed. */
export async function readJson<T>(file: string): Promise<T | null> {
  const text = await readText(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new UserError(
      { where: file, message: "is not valid JSON", fix: "Delete the file and run the command again" },
      1,
      { cause: error },
    );
  }
}

/** Makes a folder that only its owner enters, parents included. */
export async function ensureDirectory(directory: string, mode = 0o700): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode });
  } catch (caught) {
    const error = errorCode(caught) === "ENOENT" ? await whyNot(directory, caught) : caught;
    if (errorCode(error) !== "EEXIST" && errorCode(error) !== "ENOTDIR") throw explainFileError(error, directory);
    throw new UserError(
      {
        where: directory,
        message: "a file stands where this folder should be",
        fix: "Move it away, or set `clouds.local.directory` to another folder",
      },
      1,
      { cause: error },
    );
  }
}

/** Node tells ENOENT for a parent that cannot be made on a read-only disk; making that parent alone tells the cause. */
async function whyNot(directory: string, otherwise: unknown): Promise<unknown> {
  let missing = path.resolve(directory);
  while (!(await exists(path.dirname(missing)))) missing = path.dirname(missing);
  return mkdir(missing, { mode: 0o700 }).then(
    () => otherwise,
    (error: unknown) => error,
  );
}

/** Whether something is at this path. */
export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** The last lines of a file, read from its end. @param lines how many; 10 unless told. */
export async function tail(file: string, lines = 10, bytes = 16_384): Promise<string[]> {
  const text = await tailText(file, bytes);
  return text.trimEnd().split("\n").slice(-lines).filter(Boolean);
}

/** The last bytes of a file as text; empty when there is no file. */
export async function tailText(file: string, bytes: number): Promise<string> {
  const handle = await open(file, "r").catch(() => null);
  if (!handle) return "";
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, bytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8");
  } finally {
    await handle.close();
  }
}
