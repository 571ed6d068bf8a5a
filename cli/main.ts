/** The `mlops` command: global options, lazily loaded commands, one printer for errors, the exit code. */
import fs from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode } from "../lib/core/errors";
import { type Act, COMMANDS, type CommandModule, EXIT_CODE_HELP } from "./commands";
import { type Context, createContext, type GlobalOptions } from "./context";
import { problemsOf } from "./failure";
import { createOutput, type Output } from "./output";

/** Runs one command line and leaves its exit code in the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // Errors can come before the options are read, and must then be in the form that was asked for.
  const output = createOutput({
    json: argv.includes("--json"),
    debug: argv.includes("--debug"),
    streams: process,
    variables: process.env,
  });
  const called: { command?: Command } = {};
  try {
    process.exitCode = await run(argv, output, called);
  } catch (error) {
    if (isHelp(error)) return;
    const failure = problemsOf(error, called.command ? `mlops help ${called.command.name()}` : undefined);
    output.failure(failure, error);
    process.exitCode = failure.exitCode;
  }
}

/** @param called is told which command it is as soon as that is known */
async function run(argv: readonly string[], output: Output, called: { command?: Command }): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const act: Act =
    (handler) =>
    async (...received) => {
      const invoked = received.at(-1) as Command;
      exitCode = (await handler(contextOf(invoked, output), invoked.args, invoked.opts())) ?? EXIT.done;
    };
  const modules = new Map<Command, () => Promise<CommandModule>>();
  const program = new Command("mlops")
    .version(version())
    .description("Builds and operates an MLOps estate from one YAML file per environment.")
    .option("--environments <directory>", "folder of the environment files", "./environments")
    .option("--json", "print one JSON document on standard output")
    .option("--no-input", "never ask; fail and name the option that answers")
    .option("--debug", "show the stack of unexpected errors")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => {} })
    .addHelpText("after", EXIT_CODE_HELP)
    .exitOverride()
    .hook("preSubcommand", async (_parent, command) => {
      const load = modules.get(command);
      if (load === undefined) return;
      called.command = command;
      (await load()).define(command, act);
      adopt(command);
    });
  for (const { name, summary, load } of COMMANDS) {
    modules.set(program.command(name).description(summary), load);
  }
  if (argv.length === 0) program.help();
  await program.parseAsync(wordsOf(argv), { from: "user" });
  return exitCode;
}

/** `help X` would print X before its file is loaded; `X --help` loads it, and knows no X that does not exist. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first !== "help" || rest.length === 0) return argv;
  const known = COMMANDS.some(({ name }) => name === rest[0]) || rest[0]?.startsWith("-");
  return known ? [...rest, "--help"] : rest;
}

function version(): string {
  const text = fs.readFileSync(path.join(__dirname, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Nested commands behave like the program: no exit of their own, errors through the one printer. */
function adopt(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    adopt(child);
  }
}

function contextOf(command: Command, output: Output): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  return createContext({ options, output, codeRoot: path.dirname(__dirname), process });
}

function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}
