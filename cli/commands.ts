/** The commands by name. Their files are loaded when they are called: `mlops --help` reads none of them. */
import type { Command, OptionValues } from "commander";
import type { ExitCode } from "../lib/core/errors";
import type { Context } from "./context";

/** What a command does with its words and options. @returns the exit code; 0 when it says nothing */
export type Handler<O> = (context: Context, words: readonly string[], options: O) => Promise<ExitCode | undefined>;

/** Makes a commander action of a handler. */
export type Act = <O extends OptionValues>(handler: Handler<O>) => (...received: unknown[]) => Promise<void>;

/** A file under `commands/`: declares arguments, options, examples and the action. */
export interface CommandModule {
  define(command: Command, act: Act): void;
}

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "validate", summary: "check environment files", load: () => import("./commands/validate") },
  { name: "explain", summary: "say where a setting comes from", load: () => import("./commands/explain") },
  { name: "schema", summary: "print or write the JSON Schema of the files", load: () => import("./commands/schema") },
  { name: "synth", summary: "write the Terraform configuration", load: () => import("./commands/synth") },
  { name: "plan", summary: "show what a deployment would change", load: () => import("./commands/plan") },
  { name: "deploy", summary: "make an environment what its file says", load: () => import("./commands/deploy") },
  { name: "destroy", summary: "remove an environment", load: () => import("./commands/destroy") },
  { name: "cost", summary: "estimate a month, before deploying", load: () => import("./commands/cost") },
  { name: "swap", summary: "say what another cloud would mean", load: () => import("./commands/swap") },
  { name: "outputs", summary: "print what an environment offers", load: () => import("./commands/outputs") },
  { name: "lock", summary: "pin the estate's own images by digest", load: () => import("./commands/lock") },
  {
    name: "bootstrap",
    summary: "prepare a cloud account, once",
    load: () => import("./commands/bootstrap"),
  },
  { name: "doctor", summary: "check what a deployment needs", load: () => import("./commands/doctor") },
  { name: "up", summary: "from nothing to a served prediction", load: () => import("./commands/up") },
  { name: "down", summary: "stop everything that runs; data stays", load: () => import("./commands/down") },
  { name: "status", summary: "show every part, its health and address", load: () => import("./commands/status") },
  { name: "pipeline", summary: "compile, run and list pipelines", load: () => import("./commands/pipeline") },
  {
    name: "release",
    summary: "bring a model version to production, or go back",
    load: () => import("./commands/release"),
  },
  { name: "backup", summary: "save the metadata database", load: () => import("./commands/backup") },
  { name: "restore", summary: "put a saved database back", load: () => import("./commands/restore") },
];

/** What stands below the list of commands in the help. */
export const EXIT_CODE_HELP = `
Exit codes:
  0    done
  1    error
  2    there are changes (only with --detailed-exitcode)
  3    refused by a policy, a check or a gate
  4    invalid configuration
  5    the plan differs from the reviewed one
  130  interrupted

Examples:
  mlops up local                 build the local estate, train, release, predict
  mlops validate                 check every environment file
  mlops plan local --json        what would change, for programs
  mlops help deploy              the options of one command

Results go to standard output, everything else to standard error. NO_COLOR is respected.`;

/** Examples under a command's help. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  ${command.padEnd(width)}   ${meaning}`).join("\n")}`;
}
