/** Runs the real command line in a process of its own, in a workspace of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const ROOT = path.resolve(__dirname, "..", "..");
const MLOPS = path.join(ROOT, "cli", "mlops.cjs");
const made: string[] = [];
const started: ChildProcess[] = [];

/** A folder that goes when the test file is done. */
export function temporary(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "mlops-cli-")));
  made.push(folder);
  return folder;
}

afterAll(() => {
  // After a test that failed half way something may still wait for its input.
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  for (const folder of made) fs.rmSync(folder, { recursive: true, force: true });
});

/** A workspace with the shipped environments, on ports that nothing else uses. */
export function workspace(): string {
  const folder = temporary();
  const environments = path.join(folder, "environments");
  fs.cpSync(path.join(ROOT, "environments"), environments, {
    recursive: true,
    filter: (source) => fs.statSync(source).isDirectory() || source.endsWith(".yaml"),
  });
  const file = path.join(environments, "local.yaml");
  fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/\b180(\d\d)\b/g, "240$1"));
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard error or output has this text. */
  says(text: string): Promise<void>;
}

interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A process group of its own, as a terminal gives. */
  readonly group?: boolean;
}

/** Starts any Node program. */
export function start(
  args: readonly string[],
  { env = process.env, cwd = ROOT, group = false }: StartOptions = {},
): Running {
  const child = spawn(process.execPath, args, { cwd, env, detached: group, stdio: ["pipe", "pipe", "pipe"] });
  started.push(child);
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!stdout.includes(text) && !stderr.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      void ended.then(() => reject(new Error(`ended without saying ${text}: ${stdout}${stderr}`)));
      look();
    });
  return { child, ended, says };
}

/** Starts `mlops`. */
export function mlops(folder: string, args: readonly string[], options: StartOptions = {}): Running {
  return start([MLOPS, ...args, "--environments", path.join(folder, "environments")], options);
}

/** Runs `mlops` to its end. */
export function run(folder: string, args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return mlops(folder, args, options).ended;
}

/** A folder with an executable script: a stand-in for a tool, to be put first in PATH. */
export function tool(name: string, script: string, folder = temporary()): string {
  fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  return folder;
}

/** Every file below a folder, sorted. */
export function files(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** A place to write to that remembers. */
export function streamOf(window: object = {}) {
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text), on: () => undefined, ...window };
  return { said, streams: { stdout: stream, stderr: stream } };
}
