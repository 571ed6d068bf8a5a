import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Problems a person can mend: each is one line with cause and cure. */
export class SetupError extends Error {
  constructor(problems) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Says what goes on; standard output is left to data. */
export function words(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

export function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** The content of a JSON file; null when it is missing or not whole. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Writes whole or not at all. */
export function writeJson(file, value) {
  guarded(file, () => {
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(value)}\n`);
    renameSync(temporary, file);
  });
}

const CURES = {
  EACCES: "Give yourself the right to write there, or clone into a folder that is yours",
  EPERM: "Give yourself the right to write there, or clone into a folder that is yours",
  EROFS: "The file system is read-only: clone into a folder that can be written",
  ENOSPC: "The disk is full: free about 3 GB and run again",
  EDQUOT: "The disk quota is used up: free about 3 GB and run again",
  ENOTDIR: "A file stands where a folder is needed: move it away and run again",
  EEXIST: "A file stands where a folder is needed: move it away and run again",
};

/** Turns the file system's refusals into problems with a cure. */
export function guarded(file, action) {
  try {
    return action();
  } catch (error) {
    const cure = CURES[error?.code];
    if (cure === undefined) throw error;
    throw new SetupError([`${error.path ?? file}: cannot be written (${error.code}). ${cure}`]);
  }
}

/** Refuses to begin what would fill the disk. */
export function needSpace(folder, bytes, what) {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const gib = (value) => (value / 2 ** 30).toFixed(1);
  throw new SetupError([
    `${folder}: ${gib(free)} GiB free, ${what} need ${gib(bytes)} GiB. Free some disk space and run again`,
  ]);
}

const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|Temporary failure in name resolution|NewConnectionError|Network is unreachable|Name or service not known|Max retries exceeded/;
const FULL = /ENOSPC|No space left on device/;

/**
 * Runs an installer quietly and says now and then that it still works; its last words are shown when it fails.
 * @returns {Promise<void>}
 */
export async function install(what, command, args, options) {
  const started = Date.now();
  const heartbeat = setInterval(
    () => words(`still installing ${what} (${Math.round((Date.now() - started) / 1000)} s)`),
    20_000,
  );
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let tail = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      tail = (tail + text).slice(-6000);
    });
  }
  const ending = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)));
  });
  clearInterval(heartbeat);
  if (ending === null) return;
  process.stderr.write(`${tail.trimEnd()}\n`);
  const cure = FULL.test(tail)
    ? "The disk is full: free about 3 GB and run again"
    : UNREACHABLE.test(tail)
      ? "The package registry cannot be reached: connect to the network (or configure its proxy or mirror) and run again"
      : "Its last words stand above; run again after mending the cause";
  throw new SetupError([`installing ${what} failed (${path.basename(command)}: ${ending}). ${cure}`]);
}
