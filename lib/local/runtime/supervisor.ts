/** The process manager of the estate: PyPI's `supervisor`, started in a session of its own and spoken to over its socket. */
import { spawn } from "node:child_process";
import { lstat, mkdir, open, rm, rmdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { baseEnvironment, estatePaths, type RuntimeContext, shortHash } from "./context";
import { exists, readJson, readText, tail, writeAtomic, writeJson } from "./files";
import { type Census, census } from "./leftovers";
import { isAlive, listProcesses, signal } from "./processes";
import type { Program } from "./programs";
import { call, FAULT, RpcFault, type RpcValue } from "./rpc";
import { renderSupervisorConf } from "./supervisor-conf";

/** A program as the supervisor sees it (http://supervisord.org/subprocess.html#process-states). */
export interface SupervisedProgram {
  readonly name: string;
  readonly state: "STOPPED" | "STARTING" | "RUNNING" | "BACKOFF" | "STOPPING" | "EXITED" | "FATAL" | "UNKNOWN";
  readonly pid: number;
  /** When the present process started, seconds since 1970; 0 when none did. */
  readonly start: number;
}

/** Unix sockets' paths hold about 100 bytes, and the supervisor binds to a name with its pid added first. */
const SOCKET_PATH_BYTES = 88;

/** How long a living supervisor may leave calls unanswered. */
const UNREACHABLE_MS = 5_000;

/** Speaks to the supervisor of one estate. */
export class Supervisor {
  constructor(private readonly context: RuntimeContext) {}

  /** What the process table says: the living supervisor, what was left behind, runs in progress. */
  async census(): Promise<Census> {
    const { directory } = this.context;
    const recorded = Number(await readText(estatePaths(directory).supervisorPid));
    return census(await listProcesses(), directory, recorded || null, process.pid);
  }

  /** Programs it looks after; null when nobody answers. */
  async programs(): Promise<readonly SupervisedProgram[] | null> {
    try {
      const rows = (await this.call("supervisor.getAllProcessInfo")) as readonly Record<string, RpcValue>[];
      return rows.map(({ name, statename, pid, start }) => ({
        name: String(name),
        state: String(statename) as SupervisedProgram["state"],
        pid: Number(pid),
        start: Number(start),
      }));
    } catch {
      return null;
    }
  }

  /**
   * For a supervisor that did not answer: waits for one that is only slow; one that lives but cannot be reached (somebody
   * deleted its socket) is ended with its programs, to be started anew. Returns its programs, or null.
   */
  async regain(progress: Progress): Promise<readonly SupervisedProgram[] | null> {
    if (!(await this.census()).supervisor) return null;
    const deadline = Date.now() + UNREACHABLE_MS;
    while (Date.now() < deadline) {
      const programs = await this.programs();
      if (programs !== null) return programs;
      await sleep(200);
    }
    progress("the supervisor cannot be reached: ending it and what it looks after");
    await this.shutdown();
    return null;
  }

  /** Writes the configuration and the programs' files. */
  async write(programs: readonly Program[]): Promise<void> {
    const paths = estatePaths(this.context.directory);
    for (const program of programs) await writeJson(path.join(paths.programs, `${program.name}.json`), program.launch);
    const user = process.getuid?.() === 0 ? "root" : null;
    const text = renderSupervisorConf(programs, user);
    if ((await readText(paths.supervisorConf)) !== text) await writeAtomic(paths.supervisorConf, text);
  }

  /** Starts the supervisor detached: its own session, its own log, nothing of ours inherited. Resolves when it answers. */
  async start(): Promise<void> {
    const { context } = this;
    const paths = estatePaths(context.directory);
    const socket = await this.prepareSocket();
    const output = path.join(paths.logs, "supervisor-start.log");
    const log = await open(output, "w", 0o600);
    const runtime = path.join(context.codeRoot, "lib", "local", "runtime");
    const argv = ["-I", path.join(runtime, "supervise.py"), "-c", paths.supervisorConf];
    const child = spawn(context.python, argv, {
      cwd: context.directory,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: {
        ...baseEnvironment(context),
        MLOPS_PART: "supervisor",
        MLOPS_PYTHON: context.python,
        MLOPS_LAUNCH: path.join(runtime, "launch.py"),
        MLOPS_SOCKET: socket,
      },
    });
    const ended = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, killedBy) => resolve(`it ended with ${killedBy ?? `status ${code}`}`));
    });
    child.unref();
    await log.close();
    let failure: string | null = null;
    void ended.then((reason) => {
      failure = reason;
    });
    const deadline = Date.now() + 20_000;
    while ((await this.programs()) === null) {
      if (failure !== null || Date.now() > deadline) {
        const lines = await tail(output, 5);
        throw new UserError({
          where: "supervisor",
          message: `did not start: ${failure ?? "no answer within 20 s"}${lines.length > 0 ? `: ${lines.at(-1)}` : ""}`,
          fix: `Read ${output}`,
          ...(lines.length > 0 && { frame: lines.join("\n") }),
        });
      }
      await sleep(50);
    }
  }

  /** Makes it read its configuration again. Changed and gone programs are stopped; returns the names that changed and went. */
  async reload(): Promise<{ readonly changed: readonly string[]; readonly removed: readonly string[] }> {
    const [[added, changed, removed]] = (await this.call("supervisor.reloadConfig")) as [
      [string[], string[], string[]],
    ];
    await Promise.all([...changed, ...removed].map((name) => this.remove(name)));
    await Promise.all([...added, ...changed].map((name) => this.add(name)));
    return { changed, removed };
  }

  private async remove(name: string): Promise<void> {
    await this.stop(name);
    await this.tolerate([FAULT.badName], "supervisor.removeProcessGroup", name);
  }

  private async add(name: string): Promise<void> {
    await this.tolerate([FAULT.alreadyAdded], "supervisor.addProcessGroup", name);
  }

  /** Starts a program without waiting for it; one that waits between two tries is tried at once. */
  async startProgram(name: string): Promise<void> {
    const state = (await this.programs())?.find((program) => program.name === name)?.state;
    if (state === "BACKOFF" || state === "STOPPING") await this.stop(name);
    await this.tolerate([FAULT.alreadyStarted], "supervisor.startProcess", name, false);
  }

  /** Stops a program; resolves when it has ended. */
  async stop(name: string): Promise<void> {
    await this.tolerate([FAULT.notRunning, FAULT.badName], "supervisor.stopProcess", name, true);
  }

  /** Ends the supervisor itself. */
  async shutdown(): Promise<void> {
    const { supervisor } = await this.census();
    if (!supervisor) return;
    await this.call("supervisor.shutdown").catch(() => signal(supervisor.pid, "SIGTERM"));
    const deadline = Date.now() + 60_000;
    while (await isAlive(supervisor.pid)) {
      if (Date.now() > deadline) signal(supervisor.pid, "SIGKILL");
      await sleep(50);
    }
    const { socket } = (await readJson<{ socket: string }>(this.addressFile)) ?? {};
    if (!socket) return;
    await rm(socket, { force: true });
    if (path.dirname(socket) === socketFolder(this.context))
      await rmdir(socketFolder(this.context)).catch(() => undefined);
  }

  private async tolerate(faults: readonly number[], method: string, ...parameters: RpcValue[]): Promise<void> {
    try {
      await this.call(method, parameters, 120_000);
    } catch (error) {
      if (!(error instanceof RpcFault && faults.includes(error.code))) throw error;
    }
  }

  private async call(method: string, parameters: readonly RpcValue[] = [], timeoutMs?: number): Promise<RpcValue> {
    const address = await readJson<{ socket: string }>(this.addressFile);
    if (!address) throw new Error("the supervisor was never started");
    return call(address.socket, method, parameters, timeoutMs);
  }

  private get addressFile(): string {
    return estatePaths(this.context.directory).supervisorAddress;
  }

  /** Chooses the socket's place and writes it down, since the next command may have another temporary folder. */
  private async prepareSocket(): Promise<string> {
    const { directory } = this.context;
    const inside = path.join(estatePaths(directory).run, "supervisor.sock");
    const socket =
      Buffer.byteLength(inside) <= SOCKET_PATH_BYTES
        ? inside
        : path.join(await privateFolder(socketFolder(this.context)), "s");
    // One that a killed supervisor left is in the way of the next.
    if (await exists(socket)) await rm(socket, { force: true });
    await writeJson(this.addressFile, { socket });
    return socket;
  }
}

/** Where the socket of an estate is that lies too deep. */
function socketFolder({ directory }: RuntimeContext): string {
  return path.join(os.tmpdir(), `mlops-${shortHash(directory)}`);
}

/** A folder outside the estate that only we enter. @throws UserError when somebody else made it first. */
async function privateFolder(folder: string): Promise<string> {
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const info = await lstat(folder).catch(() => null);
  if (info?.isDirectory() && info.uid === process.getuid?.() && (info.mode & 0o077) === 0) return folder;
  throw new UserError({
    where: folder,
    message: "is needed for the supervisor's socket, but it is not a private folder of this user",
    fix: "Delete it, or set `clouds.local.directory` to a shorter path",
  });
}
