/** The machine's processes, with proof of which belong to an estate. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "./files";

/** A living process. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Command line, arguments joined by spaces. */
  readonly command: string;
  /** `MLOPS_ESTATE` of its environment: the estate that started it. */
  readonly estate: string | null;
  /** `MLOPS_PART` of its environment. */
  readonly part: string | null;
  /** The folder it works in, where it is now; null when it carries no mark, or when the system does not tell. */
  readonly folder: string | null;
}

/** Every process whose environment can be read; zombies are not alive. */
export async function listProcesses(): Promise<ProcessInfo[]> {
  if (process.platform !== "linux") return listByPs();
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(pids.map(readProcess));
  return all.filter((info) => info !== null);
}

/** One process; null when it is gone or a zombie. Linux only. */
async function readProcess(pid: number): Promise<ProcessInfo | null> {
  try {
    const [stat, command, environment] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      // Not ours to read: then it is not ours to end either.
      readFile(`/proc/${pid}/environ`, "utf8").catch(() => ""),
    ]);
    const parsed = parseStat(stat);
    if (!parsed) return null;
    const marks = environment.split("\0");
    const estate = markOf(marks, "MLOPS_ESTATE");
    return {
      pid,
      ...parsed,
      command: command.split("\0").filter(Boolean).join(" "),
      estate,
      part: markOf(marks, "MLOPS_PART"),
      folder: estate === null ? null : await readlink(`/proc/${pid}/cwd`).catch(() => null),
    };
  } catch {
    return null;
  }
}

/** Parent and group from `/proc/<pid>/stat`; null for a zombie. The name in parentheses may itself hold any character. */
export function parseStat(stat: string): { parent: number; group: number } | null {
  const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || state === "Z" || state === "X") return null;
  return { parent: Number(parent), group: Number(group) };
}

function markOf(marks: readonly string[], name: string): string | null {
  const mark = marks.find((entry) => entry.startsWith(`${name}=`));
  return mark ? mark.slice(name.length + 1) : null;
}

/** macOS has no /proc; its `ps -E` shows the environment of the user's own processes. */
async function listByPs(): Promise<ProcessInfo[]> {
  const { execa } = await import("execa");
  const { stdout } = await execa("ps", ["-axwwE", "-o", "pid=,ppid=,pgid=,stat=,command="]);
  return parsePs(stdout);
}

/** Parses `ps -o pid=,ppid=,pgid=,stat=,command=`. */
export function parsePs(text: string): ProcessInfo[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match || match[4]?.startsWith("Z")) return [];
    const command = match[5] ?? "";
    return [
      {
        pid: Number(match[1]),
        parent: Number(match[2]),
        group: Number(match[3]),
        command,
        estate: / MLOPS_ESTATE=(.*?)(?= [A-Za-z_][A-Za-z0-9_]*=|$)/.exec(command)?.[1] ?? null,
        part: / MLOPS_PART=(\S+)/.exec(command)?.[1] ?? null,
        folder: null,
      },
    ];
  });
}

/** Whether a process lives and is not a zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
  if (process.platform !== "linux") return true;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  return stat !== null && parseStat(stat) !== null;
}

/** When a process started, from its entry in /proc; null where that is not known. */
export async function startedAt(pid: number): Promise<Date | null> {
  if (process.platform !== "linux") return null;
  try {
    const [stat, system] = await Promise.all([readFile(`/proc/${pid}/stat`, "utf8"), readFile("/proc/stat", "utf8")]);
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const boot = Number(/^btime (\d+)$/m.exec(system)?.[1]);
    // Linux reports in hundredths of a second on every architecture (USER_HZ).
    return new Date((boot + ticks / 100) * 1000);
  } catch {
    return null;
  }
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

/**
 * Ends processes: asks first, then kills. Resolves when none of them lives.
 * @param polite the signal that asks, by process; SIGTERM unless told.
 * @param graceMs how long they may take before they are killed.
 */
export async function endProcesses(
  processes: readonly ProcessInfo[],
  graceMs: number,
  polite: (info: ProcessInfo) => NodeJS.Signals = () => "SIGTERM",
): Promise<void> {
  for (const info of processes) signal(info.pid, polite(info));
  let left = await waitGone(processes, graceMs);
  for (const info of left) signal(info.pid, "SIGKILL");
  left = await waitGone(left, 5_000);
  if (left.length > 0) throw new Error(`processes ${left.map(({ pid }) => pid).join(", ")} cannot be ended`);
}

async function waitGone(processes: readonly ProcessInfo[], ms: number): Promise<readonly ProcessInfo[]> {
  const deadline = Date.now() + ms;
  let left = processes;
  for (;;) {
    const alive = await Promise.all(left.map(({ pid }) => isAlive(pid)));
    left = left.filter((_, index) => alive[index]);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(50);
  }
}
