/** What every command knows: where things are, who is asked, how it is interrupted. */
import os from "node:os";
import path from "node:path";
import { UserError } from "../lib/core/errors";
import { Interrupted, problemsOf } from "./failure";
import { Interrupt } from "./interrupt";
import type { Output } from "./output";

/** Options that every command has. */
export interface GlobalOptions {
  readonly environments: string;
  readonly json?: boolean;
  readonly input: boolean;
}

/** What a command works with. */
export interface Context {
  /** Folder of package.json: the program. */
  readonly codeRoot: string;
  /** Folder of the environment files, absolute. */
  readonly environments: string;
  /** The same as it was typed, for messages. */
  readonly environmentsShown: string;
  /** Folder that holds it. Everything that is written goes below it. */
  readonly workspace: string;
  readonly output: Output;
  /** A person can be asked. */
  readonly interactive: boolean;
  readonly interrupt: Interrupt;
  /** Login name of who asks, for the ledger; undefined where the system knows none. */
  readonly person: string | undefined;
  /** Environment variables for child processes. */
  readonly variables: NodeJS.ProcessEnv;
}

interface ContextInput {
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly codeRoot: string;
  readonly process: NodeJS.Process;
}

/** Works out the context of one call. */
export function createContext({ options, output, codeRoot, process }: ContextInput): Context {
  if (options.environments.trim() === "") {
    throw new UserError({
      where: "--environments",
      message: "got nothing, wanted the folder of the environment files",
    });
  }
  const say = (line: string) => output.say(line);
  const ended = () => output.failure(problemsOf(new Interrupted()), null);
  const environments = path.resolve(options.environments);
  return {
    codeRoot,
    environments,
    environmentsShown: path.normalize(options.environments),
    workspace: path.dirname(environments),
    output,
    interactive: options.input && process.stdin.isTTY === true && process.stderr.isTTY === true,
    interrupt: new Interrupt(process, say, ended),
    person: loginName(),
    variables: process.env,
  };
}

function loginName(): string | undefined {
  try {
    return os.userInfo().username;
  } catch {
    // A container may run under a user id that no account has.
    return undefined;
  }
}
