/** A real local estate for a test: a workspace of its own, ports of its own, driven by the `mlops` command. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { PartStatus } from "../../lib/contracts/operator";

export const CODE_ROOT = join(__dirname, "../..");

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PORT_NAMES = ["gateway", "qa", "blue", "green", "tracking", "database", "scheduler", "notebooks"] as const;
export type PortName = (typeof PORT_NAMES)[number];

/** What a clone has besides `environments/` and what is installed. */
const CODE = ["cdktf.json", "package.json", "tsconfig.json", "cli", "lib", "operations", "pipelines", "stacks"];

export interface LocalEstateOptions {
  /** The code lies in the workspace too, as in a clone; only what is installed is shared. @default false */
  readonly clone?: boolean;
}

export class LocalEstate {
  readonly workspace: string;
  /** Where the code lies. */
  readonly codeRoot: string;
  readonly environments: string;
  readonly directory: string;
  readonly ports: Readonly<Record<PortName, number>>;

  /** @param firstPort eight ports from here on are the estate's */
  constructor(firstPort: number, { clone = false }: LocalEstateOptions = {}) {
    this.workspace = mkdtempSync(join(tmpdir(), "mlops-estate-"));
    // A clone may lie in a folder that only its owner may enter.
    chmodSync(this.workspace, 0o700);
    this.codeRoot = clone ? this.workspace : CODE_ROOT;
    if (clone) this.copyCode();
    this.environments = join(this.workspace, "environments");
    this.directory = join(this.workspace, ".mlops/local");
    this.ports = Object.fromEntries(PORT_NAMES.map((name, index) => [name, firstPort + index])) as Record<
      PortName,
      number
    >;
    cpSync(join(CODE_ROOT, "environments"), this.environments, { recursive: true });
    // The first model is a poor one, so that a better one can follow it.
    const project = "\nprojects: [{ name: diabetes, parameters: { train.alpha: 0.05 } }]\n";
    const port = (name: PortName) => [new RegExp(`(\\b${name}:) \\d+`), `$1 ${this.ports[name]}`] as const;
    this.edit(
      (text) => PORT_NAMES.map(port).reduce((all, [found, wanted]) => all.replace(found, wanted), text) + project,
    );
  }

  private copyCode(): void {
    const filter = (path: string) => basename(path) !== "__pycache__";
    for (const name of CODE) cpSync(join(CODE_ROOT, name), join(this.workspace, name), { recursive: true, filter });
    mkdirSync(join(this.workspace, ".mlops"));
    for (const name of ["node_modules", ".mlops/python"]) {
      symlinkSync(join(CODE_ROOT, name), join(this.workspace, name));
    }
  }

  /** Changes the environment's file. */
  edit(change: (text: string) => string): void {
    const file = join(this.environments, "local.yaml");
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }

  url(port: PortName, path = ""): string {
    return `http://127.0.0.1:${this.ports[port]}${path}`;
  }

  start(...args: readonly string[]): ChildProcess {
    const all = [join(this.codeRoot, "cli/mlops.cjs"), "--environments", this.environments, "--no-input", ...args];
    return spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"], cwd: this.workspace });
  }

  /** Runs `mlops …` to its end, whatever that is. */
  async mlops(...args: readonly string[]): Promise<CommandResult> {
    return finished(this.start(...args));
  }

  /** Runs `mlops --json …` and gives its document; fails the test with all that was said when the exit code is another. */
  async json<T>(args: readonly string[], exitCode = 0): Promise<T> {
    const result = await this.mlops("--json", ...args);
    if (result.code !== exitCode)
      throw new Error(`mlops ${args.join(" ")} ended with ${result.code}\n${result.stdout}${result.stderr}`);
    return JSON.parse(result.stdout) as T;
  }

  async status(): Promise<readonly PartStatus[]> {
    return (await this.json<{ parts: readonly PartStatus[] }>(["status", "local"])).parts;
  }

  async part(name: string): Promise<PartStatus> {
    const found = (await this.status()).find(({ part }) => part === name);
    if (!found) throw new Error(`no part ${name}`);
    return found;
  }

  /** Runs `cdktf …` in a clone, as a person would, without its greetings to the outside world. */
  async cdktf(...args: readonly string[]): Promise<CommandResult> {
    const { PATH, HOME } = process.env;
    const quiet = { CHECKPOINT_DISABLE: "1", DISABLE_VERSION_CHECK: "1", CI: "1", FORCE_COLOR: "0" };
    const env = { PATH, HOME, ...quiet };
    const command = join(this.codeRoot, "node_modules/.bin/cdktf");
    return finished(spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], cwd: this.codeRoot, env }));
  }

  /** Ports of the estate that something listens on. */
  async openPorts(): Promise<PortName[]> {
    const asked = PORT_NAMES.map(async (name) => ((await listens(this.ports[name])) ? [name] : []));
    return (await Promise.all(asked)).flat();
  }

  /** Ends everything and deletes the workspace. */
  async remove(): Promise<void> {
    await this.mlops("destroy", "local", "--purge", "--yes");
    await this.mlops("down", "local");
    rmSync(this.workspace, { recursive: true, force: true });
  }
}

/** Waits for a process and gives what it said. */
export async function finished(child: ChildProcess): Promise<CommandResult> {
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data) => (said.stdout += data));
  child.stderr?.on("data", (data) => (said.stderr += data));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}

/** Whether something accepts connections there. */
export function listens(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .on("connect", () => end(true))
      .on("error", () => end(false))
      .on("timeout", () => end(false));
  });
}

/** Asks until the answer is yes; gives the seconds it took. */
export async function until(what: string, seconds: number, ask: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  for (;;) {
    if (await ask().catch(() => false)) return (performance.now() - started) / 1000;
    if (performance.now() - started > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether a URL answers 200. */
export async function answers(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(2000) })).status === 200;
}
