/**
 * One writer per environment. A file names the holder; proper-lockfile guards the moment of looking and taking. The
 * holder is known by process id and start time, so one that was killed is taken over at once and a reused id fools nobody.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../lib/core/errors";

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  /** Start of the process in the system's own count; null where it cannot be known. */
  readonly started: string | null;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  readonly command: string;
}

/** What is locked, for whom, and how long it is waited for. */
export interface LockOptions {
  /** The file that names the holder. */
  readonly file: string;
  /** What is locked, for people: `environment local`. */
  readonly what: string;
  readonly command: string;
  /** How long a second writer waits, in seconds. */
  readonly waitSeconds: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs work as the only writer; waits for a living holder, then refuses. */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  await acquire(options);
  const onExit = () => release(options.file);
  process.once("exit", onExit);
  try {
    return await work();
  } finally {
    process.removeListener("exit", onExit);
    release(options.file);
  }
}

async function acquire({ file, what, command, waitSeconds, say, signal }: LockOptions): Promise<void> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const deadline = Date.now() + waitSeconds * 1000;
  let told: string | null = null;
  for (;;) {
    const taken = await tryTake(file, command);
    if (taken.by === null) {
      if (taken.from !== null) say(`took over ${what} from ${named(taken.from)}, which has ended without finishing`);
      return;
    }
    const holder = taken.by;
    if (Date.now() >= deadline) {
      throw new UserError({
        where: what,
        message: `${named(holder)} has been writing since ${holder.since}; waited ${waitSeconds} s for it`,
        fix:
          holder.host === os.hostname()
            ? "Run again when it is done, or end it"
            : `It runs on another machine; if it is certainly dead, delete ${file}`,
      });
    }
    if (told !== named(holder)) say(`${what}: waiting for ${named(holder)}, writing since ${holder.since}`);
    told = named(holder);
    await sleep(200, undefined, { signal });
  }
}

const named = ({ command, pid, host }: Holder) =>
  `\`${command}\` (process ${pid}${host === os.hostname() ? "" : ` on ${host}`})`;

/** @returns `by`: the living holder, null when we hold it now; `from`: the dead one it was taken from */
async function tryTake(file: string, command: string): Promise<{ by: Holder | null; from: Holder | null }> {
  const lockfile = await import("proper-lockfile");
  const guard = `${file}.guard`;
  const unlock = await lockfile.lock(file, {
    lockfilePath: guard,
    realpath: false,
    stale: 5000,
    retries: { retries: 200, factor: 1, minTimeout: 20, maxTimeout: 60 },
  });
  try {
    const found = readHolder(file);
    if (found !== null && holds(found)) return { by: found, from: null };
    const own: Holder = {
      pid: process.pid,
      started: startOf(process.pid),
      host: os.hostname(),
      since: new Date().toISOString(),
      command,
    };
    const temporary = `${file}.${process.pid}`;
    fs.writeFileSync(temporary, `${JSON.stringify(own)}\n`);
    fs.renameSync(temporary, file);
    return { by: null, from: found };
  } finally {
    await unlock();
  }
}

/** Who holds a lock now; null when nobody living does. */
export function currentHolder(file: string): Holder | null {
  const holder = readHolder(file);
  return holder !== null && holds(holder) ? holder : null;
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Holder;
  } catch {
    return null;
  }
}

function release(file: string): void {
  const holder = readHolder(file);
  if (holder?.pid === process.pid && holder.host === os.hostname()) fs.rmSync(file, { force: true });
}

function holds(holder: Holder): boolean {
  if (holder.host !== os.hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return holder.started === null || holder.started === startOf(holder.pid);
}

/** Field 22 of /proc/PID/stat (proc(5)); the name in field 2 may hold spaces, so count from its end. */
function startOf(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
