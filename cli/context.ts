/** What every command knows: where things are, who is asked, how it is interrupted. */
import path from "node:path";
import { Interrupt } from "./interrupt";
import type { Output } from "./output";

export interface GlobalOptions {
  readonly environments: string;
  readonly json?: boolean;
  readonly input: boolean;
}

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
  /** Environment variables for child processes. */
  readonly variables: NodeJS.ProcessEnv;
}

interface ContextInput {
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly codeRoot: string;
  readonly process: NodeJS.Process;
}

export function createContext({ options, output, codeRoot, process }: ContextInput): Context {
  const environments = path.resolve(options.environments);
  return {
    codeRoot,
    environments,
    environmentsShown: path.normalize(options.environments),
    workspace: path.dirname(environments),
    output,
    interactive: options.input && process.stdin.isTTY === true && process.stderr.isTTY === true,
    interrupt: new Interrupt(process, (line) => output.say(line)),
    variables: process.env,
  };
}
