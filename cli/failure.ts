/** Turns whatever was thrown into what a person reads. */
import { EXIT, type ExitCode, type Problem, UserError } from "../lib/core/errors";

/** What a command ends with when it does not end well. */
export interface Failure {
  readonly problems: readonly Problem[];
  readonly exitCode: ExitCode;
  /** The program's own fault: nobody foresaw it. */
  readonly unexpected: boolean;
}

/** Thrown where work ends because a person asked for it. */
export class Interrupted extends Error {
  constructor(readonly detail = "interrupted") {
    super(detail);
    this.name = "Interrupted";
  }
}

const SYSTEM_FIXES: Readonly<Record<string, string>> = {
  EACCES: "Give yourself the right to it, or work in a folder that is yours",
  EPERM: "Give yourself the right to it, or work in a folder that is yours",
  EROFS: "The file system is read-only: work in a folder that can be written",
  ENOSPC: "The disk is full: free some space and run again",
  EDQUOT: "The disk quota is used up: free some space and run again",
  ENOTDIR: "A file stands where a folder is needed: move it away and run again",
  EISDIR: "A folder stands where a file is needed: move it away and run again",
  EMFILE: "Too many open files: raise the limit (ulimit -n) and run again",
  EADDRINUSE: "Another program uses this port: end it, or set another port in the environment file",
};

/**
 * What to print for an error, and what the process ends with.
 * @param help the command that explains the one that was called
 */
export function problemsOf(error: unknown, help = "mlops --help"): Failure {
  // By name, not by class: tools that load modules twice make two classes of one.
  if (error instanceof UserError || (error instanceof Error && error.name === "UserError" && "problems" in error)) {
    const { problems, exitCode } = error as UserError;
    return { problems, exitCode, unexpected: false };
  }
  if (error instanceof Interrupted || (error instanceof Error && error.name === "AbortError")) {
    const message = error instanceof Interrupted ? error.detail : "interrupted";
    return { problems: [{ message }], exitCode: EXIT.interrupted, unexpected: false };
  }
  if (isCommander(error)) {
    const [text = "", hint] = error.message.replace(/^error: /, "").split("\n");
    // Commander has shown the help already; its own word for that says nothing.
    const message = text === "(outputHelp)" ? "a command is missing" : text.replace(/\.+$/, "");
    const fix = hint?.replace(/^\(|\)$/g, "") ?? `See ${help}`;
    return { problems: [{ message, fix }], exitCode: EXIT.error, unexpected: false };
  }
  const system = systemProblem(error);
  if (system !== null) return { problems: [system], exitCode: EXIT.error, unexpected: false };
  return {
    problems: [
      {
        message: `unexpected: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
        fix: "This is a fault of the program: run again with --debug and report what it prints",
      },
    ],
    exitCode: EXIT.error,
    unexpected: true,
  };
}

function isCommander(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

/** Refusals of the system and gaps in the installation that a person can mend. */
function systemProblem(error: unknown): Problem | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  const lacking = /^Cannot find (?:module|package) '([^./'][^']*)'/.exec(error.message)?.[1];
  if (lacking) return { message: `the node package ${lacking} is not installed`, fix: "Run node cli/setup.mjs" };
  const where = "path" in error && typeof error.path === "string" ? error.path : undefined;
  // What `mkdir -p` says where the file system is read-only, or a folder vanishes below it.
  if (error.code === "ENOENT" && "syscall" in error && error.syscall === "mkdir") {
    return { where, message: "the folder cannot be made (ENOENT)", fix: "Work in a folder that can be written" };
  }
  const fix = SYSTEM_FIXES[error.code];
  if (fix === undefined) return null;
  return { ...(where === undefined ? {} : { where }), message: `refused by the system (${error.code})`, fix };
}
