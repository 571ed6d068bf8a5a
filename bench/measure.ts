/** Measuring whole processes: wall time and peak memory, as medians of interleaved runs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

export interface Measurement {
  /** Wall time of one run, median, in seconds. */
  readonly seconds: number;
  /** Peak resident memory of the process, median, in MiB. Null where the system does not tell. */
  readonly memory: number | null;
}

/** A measured command beside its peer in the same run. */
export interface Comparison {
  readonly name: string;
  readonly peer: string;
  readonly ours: Measurement;
  readonly theirs: Measurement;
  /** Ours divided by theirs: less is better. */
  readonly ratio: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** Peak memory of a process that still runs; Linux only. */
function peakMemory(pid: number): number | null {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return match ? Number(match[1]) / 1024 : null;
  } catch {
    return null;
  }
}

/** Runs a command to its end. Throws with its last words when it fails. */
export async function runOnce({ file, args, cwd }: Command): Promise<Measurement> {
  const started = performance.now();
  const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let words = "";
  let memory: number | null = null;
  const look = setInterval(() => {
    if (child.pid) memory = peakMemory(child.pid) ?? memory;
  }, 10);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (words = (words + data).slice(-2000)));
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(look);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code}: ${words}`);
  return { seconds: (performance.now() - started) / 1000, memory };
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

function middle(runs: readonly Measurement[]): Measurement {
  const memory = runs.map((run) => run.memory).filter((value) => value !== null);
  return { seconds: median(runs.map((run) => run.seconds)), memory: memory.length > 0 ? median(memory) : null };
}

/** Runs both commands alternately, after one run of each that does not count. */
export async function compare(
  name: string,
  peer: string,
  ours: Command,
  theirs: Command,
  rounds = 5,
): Promise<Comparison> {
  const runs: { ours: Measurement[]; theirs: Measurement[] } = { ours: [], theirs: [] };
  for (let round = 0; round <= rounds; round++) {
    const pair = [await runOnce(ours), await runOnce(theirs)] as const;
    if (round === 0) continue;
    runs.ours.push(pair[0]);
    runs.theirs.push(pair[1]);
  }
  const result = { ours: middle(runs.ours), theirs: middle(runs.theirs) };
  return { name, peer, ...result, ratio: result.ours.seconds / result.theirs.seconds };
}
