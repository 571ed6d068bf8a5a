/** Which processes were left behind: they carry the estate's mark, but nobody looks after them any more. */
import path from "node:path";
import type { ProcessInfo } from "./processes";

/** Parts that are started by a person's command and not by the supervisor; they end with that command. */
const COMMANDS: readonly string[] = ["pipeline"];

/** What a look at the process table says of an estate. */
export interface Census {
  /** The supervisor, if it lives. */
  readonly supervisor: ProcessInfo | null;
  /** Programs and their children without a living supervisor above them. */
  readonly leftovers: readonly ProcessInfo[];
  /** Pipeline runs that a person's command started. */
  readonly runs: readonly ProcessInfo[];
}

/**
 * The processes of an estate: those that carry its mark, and those that carry another folder's but work in this one, since
 * somebody moved the folder, or calls it by another name. @param estate its folder, links resolved where they can be.
 */
export function processesOf(processes: readonly ProcessInfo[], estate: string): ProcessInfo[] {
  const inside = ({ folder }: ProcessInfo) => folder === estate || folder?.startsWith(`${estate}${path.sep}`);
  const names = new Set([estate, ...processes.filter(inside).map((info) => info.estate)]);
  return processes.filter((info) => info.estate !== null && names.has(info.estate));
}

/**
 * Sorts the processes that carry the estate's mark.
 * @param recordedPid what the supervisor's pid file says; null when there is none.
 * @param self the process that asks: it and its ancestors are never counted (a scheduled run may be the one that asks).
 */
export function census(
  processes: readonly ProcessInfo[],
  estate: string,
  recordedPid: number | null,
  self: number,
): Census {
  const byPid = new Map(processes.map((info) => [info.pid, info]));
  const marked = processesOf(processes, estate);
  // A pid file survives a kill and its number may since belong to somebody else: the mark is the proof.
  const supervisor =
    marked.find((info) => info.pid === recordedPid && info.part === "supervisor") ??
    marked.find((info) => info.part === "supervisor" && parentPart(info, byPid) !== "supervisor") ??
    null;
  const own = new Set(ancestors(self, byPid));
  const rest = marked.filter((info) => info.pid !== supervisor?.pid && !own.has(info.pid));
  const isRun = (info: ProcessInfo) => COMMANDS.includes(info.part ?? "");
  return {
    supervisor,
    runs: rest.filter(isRun),
    leftovers: rest.filter(
      (info) => !isRun(info) && !(supervisor && ancestors(info.pid, byPid).includes(supervisor.pid)),
    ),
  };
}

function parentPart(info: ProcessInfo, byPid: ReadonlyMap<number, ProcessInfo>): string | null {
  return byPid.get(info.parent)?.part ?? null;
}

/** The process and everything above it. */
function ancestors(pid: number, byPid: ReadonlyMap<number, ProcessInfo>): number[] {
  const line: number[] = [];
  for (let at: number | undefined = pid; at !== undefined && at > 0 && !line.includes(at); at = byPid.get(at)?.parent) {
    line.push(at);
  }
  return line;
}

/** How a left program is asked to end: PostgreSQL closes its connections at once on SIGINT, on SIGTERM it waits for clients. */
export function politeSignal(info: Pick<ProcessInfo, "part">): NodeJS.Signals {
  return info.part === "database" ? "SIGINT" : "SIGTERM";
}
