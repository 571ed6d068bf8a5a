/** Runs the `terraform` command and understands what it says: events, diagnostics, lock holders, interruption. */
import fs from "node:fs";
import path from "node:path";
import { type Problem, UserError } from "../lib/core/errors";
import { TERRAFORM_ENVIRONMENT } from "../stacks/paths";
import { cloudProblem } from "./cloud-errors";
import { Interrupted } from "./failure";
import type { Interrupt } from "./interrupt";

/** Write-only and ephemeral values came with 1.11. */
const OLDEST: readonly [number, number] = [1, 11];
const INSTALL = "Install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install";

/** One message of `-json` output (https://developer.hashicorp.com/terraform/internals/machine-readable-ui). */
export interface TerraformEvent {
  readonly type?: string;
  readonly diagnostic?: Diagnostic;
  readonly changes?: {
    readonly operation: string;
    readonly add: number;
    readonly change: number;
    readonly remove: number;
  };
  readonly hook?: {
    readonly resource?: { readonly addr: string };
    readonly action?: string;
    readonly output?: string;
    readonly elapsed_seconds?: number;
  };
}

/** A warning or an error, in the words of Terraform or a provider. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
}

/** How a call of the command ended. */
export interface TerraformRun {
  readonly exitCode: number;
  readonly events: readonly TerraformEvent[];
  /** Standard output that was no event. */
  readonly text: string;
  readonly errors: readonly Diagnostic[];
  readonly stderr: string;
}

/** What a person asked for, for messages. */
export interface Operation {
  readonly environment: string;
  readonly cloud: string;
  /** Run again, it goes on: `mlops deploy dev`. */
  readonly command: string;
}

/** Where the command runs, and who hears its events. */
export interface TerraformOptions {
  /** Folder of the stack. */
  readonly folder: string;
  /** What it is about, for messages: the stack. */
  readonly stack: string;
  readonly onEvent?: (event: TerraformEvent) => void;
  readonly operation: Operation;
}

/** The command, found and checked once. */
export class Terraform {
  private constructor(
    private readonly command: string,
    /** Of the binary: `1.11.4`. */
    readonly version: string,
    private readonly variables: NodeJS.ProcessEnv,
    private readonly interrupt: Interrupt,
  ) {}

  /** Throws when it is missing, does not start or is too old. `TERRAFORM_BINARY_NAME` names another binary, as in CDKTF. */
  static async find(variables: NodeJS.ProcessEnv, interrupt: Interrupt): Promise<Terraform> {
    const { execa } = await import("execa");
    const command = variables.TERRAFORM_BINARY_NAME || "terraform";
    const result = await execa(command, ["version", "-json"], {
      env: quiet(variables),
      extendEnv: false,
      reject: false,
      timeout: 30_000,
    });
    if (result.failed && result.code === "ENOENT") {
      throw new UserError({ message: `${command} was not found in PATH`, fix: INSTALL });
    }
    const version = versionIn(result.stdout);
    if (version === null) {
      throw new UserError({
        message: `${command} does not start (${result.shortMessage ?? "no version"})`,
        fix: INSTALL,
      });
    }
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
      throw new UserError({ message: `${command} is version ${version}, 1.11 or newer is needed`, fix: INSTALL });
    }
    return new Terraform(command, version, variables, interrupt);
  }

  /**
   * Runs it to its end. It has a process group of its own, so that Ctrl-C reaches it once, from here: a second signal
   * would make it give up its state.
   */
  async run(
    args: readonly string[],
    { folder, stack, onEvent }: Omit<TerraformOptions, "operation">,
  ): Promise<TerraformRun> {
    const { execa } = await import("execa");
    return this.interrupt.during(
      async () => {
        const child = execa(this.command, args, {
          cwd: folder,
          env: quiet(this.variables),
          extendEnv: false,
          reject: false,
          detached: true,
          cleanup: false,
          stdin: "ignore",
          buffer: { stdout: false, stderr: true },
        });
        const forward = () => child.kill("SIGINT");
        this.interrupt.signal.addEventListener("abort", forward, { once: true });
        const events: TerraformEvent[] = [];
        const text: string[] = [];
        try {
          for await (const line of child.iterable({ from: "stdout" })) {
            const event = eventIn(line);
            if (event === null) text.push(line);
            else {
              events.push(event);
              onEvent?.(event);
            }
          }
        } finally {
          this.interrupt.signal.removeEventListener("abort", forward);
        }
        const result = await child;
        if (this.interrupt.signal.aborted) {
          throw new Interrupted(
            `interrupted: terraform ${args[0]} of ${stack} has ended and its state is saved; the same command goes on from there`,
          );
        }
        const errors = events.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
        return { exitCode: result.exitCode ?? 1, events, text: text.join("\n"), errors, stderr: result.stderr ?? "" };
      },
      { critical: true },
    );
  }
}

/** Not the caller's working folder and workspace, which would mix the stacks; no update check, no questions. */
function quiet({ TF_DATA_DIR: _data, TF_WORKSPACE: _workspace, ...variables }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...variables, ...TERRAFORM_ENVIRONMENT, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
}

function versionIn(stdout: unknown): string | null {
  try {
    const { terraform_version } = JSON.parse(String(stdout)) as { terraform_version?: unknown };
    return typeof terraform_version === "string" ? terraform_version : null;
  } catch {
    return null;
  }
}

function eventIn(line: string): TerraformEvent | null {
  if (!line.startsWith('{"@level"')) return null;
  try {
    return JSON.parse(line) as TerraformEvent;
  } catch {
    return null;
  }
}

/** The error a person reads when a run of Terraform failed. */
export function terraformError(command: string, options: TerraformOptions, run: TerraformRun): UserError {
  const { folder, stack } = options;
  const problems = run.errors.map((diagnostic) => problemIn(diagnostic, options));
  if (problems.length === 0) {
    const words = (run.stderr || run.text).trim().split("\n").slice(-5).join(" ");
    const known = inPlainWords(words, options);
    problems.push({
      where: stack,
      ...(known ?? { message: `terraform ${command} ended with exit code ${run.exitCode}: ${words}` }),
    });
  }
  const kept = erroredState(folder);
  if (kept !== null) problems.push(erroredStateProblem(stack, kept));
  return new UserError(problems);
}

/** Left by Terraform where it could not store the state: the only record of what it made. */
export function erroredState(folder: string): string | null {
  const file = path.join(folder, "errored.tfstate");
  return fs.existsSync(file) ? file : null;
}

/** Says how to bring a kept state back; nothing may be applied before. */
export function erroredStateProblem(stack: string, file: string): Problem {
  return {
    where: stack,
    message: `the state could not be stored by an earlier run and was kept in ${file}`,
    fix: `Run terraform -chdir=${path.dirname(file)} state push errored.tfstate, delete that file, and run again`,
  };
}

function problemIn({ summary, detail, address }: Diagnostic, options: TerraformOptions): Problem {
  const { folder, stack } = options;
  const where = address ? `${stack} ${address}` : stack;
  const lock = lockIn(detail);
  if (lock !== null) {
    return {
      where,
      message: `the state is locked by ${lock.who} since ${lock.created} (${lock.operation}, lock ${lock.id})`,
      fix: `Wait until it is done; if that process is certainly dead: terraform -chdir=${folder} force-unlock ${lock.id}`,
    };
  }
  const provisioner = provisionerWords(detail);
  if (provisioner !== null) return { where, message: provisioner };
  const sentence = detail.replace(/\s+/g, " ").trim();
  const message = sentence === "" ? summary : `${summary}: ${sentence}`;
  return { where, ...(inPlainWords(message, options, address) ?? { message }) };
}

/** What a cloud said, as a person understands it; null on this machine, and for what nobody has met before. */
function inPlainWords(text: string, { folder, operation }: TerraformOptions, address?: string) {
  const { cloud, environment, command } = operation;
  // Resources are named in the words of a plan that cannot be made, without an address of their own.
  const named = address ?? /\b((?:google|azurerm|azapi|azuredevops)_\w+\.[\w-]+)/.exec(text)?.[1];
  return cloud === "local" ? null : cloudProblem({ text, address: named, folder, environment, cloud, command });
}

function lockIn(detail: string): { id: string; who: string; created: string; operation: string } | null {
  const field = (name: string) => new RegExp(`^\\s*${name}:\\s*(.+)$`, "m").exec(detail)?.[1]?.trim();
  const id = field("ID");
  const who = field("Who");
  if (id === undefined || who === undefined) return null;
  return { id, who, created: field("Created") ?? "an unknown time", operation: field("Operation") ?? "unknown" };
}

/** What a command that Terraform ran said of its own failure: lines that begin with `error:`. */
function provisionerWords(detail: string): string | null {
  const output = /\bOutput: ([\s\S]*)$/.exec(detail)?.[1];
  if (output === undefined) return null;
  const said = output.split("\n").flatMap((line) => /^\s*error: (.*)$/.exec(line)?.[1] ?? []);
  return said.length > 0 ? said.join("; ") : null;
}
