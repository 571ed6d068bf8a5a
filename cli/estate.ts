/** What most commands begin with: the environment, its lock, its operator, its synthesized stacks. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Environment } from "../environments/schema";
import type { IOperator, OperatorVerb } from "../lib/contracts/operator";
import { EXIT, UserError } from "../lib/core/errors";
import type { LayerDefinition } from "../lib/local/parts";
import type { Ledger } from "../operations/ledger";
import type { EnvironmentEntry, StackEntry, SynthManifest } from "../stacks/manifest";
import { seconds } from "./arguments";
import { accessTo } from "./cloud-access";
import type { Context } from "./context";
import { withLock } from "./lock";

/** Options of every command that writes. */
export interface WriteOptions {
  readonly dryRun?: boolean;
  /** Seconds, as typed. */
  readonly wait?: string;
}

/** How long a second writer waits for the first. */
export const DEFAULT_WAIT_SECONDS = 600;

/** One environment, checked against its own files. */
export async function loadEnvironment(context: Context, name: string): Promise<Environment> {
  const { loadEnvironment: load, listProjects } = await import("../environments/load");
  return load({ ...loadProps(context, listProjects), name });
}

/** Environments held against one another. @param names all when there is none */
export async function loadEnvironments(context: Context, names: readonly string[]): Promise<readonly Environment[]> {
  const { loadAll, listProjects } = await import("../environments/load");
  return loadAll({ ...loadProps(context, listProjects), ...(names.length > 0 ? { names } : {}) });
}

/** Where the files are, as messages show it, and what they are checked against. */
export function loadProps(context: Context, listProjects: (directory: string) => string[]) {
  const projects = listProjects(path.join(context.codeRoot, "pipelines", "projects"));
  return { directory: context.environmentsShown, projects, today: new Date().toISOString().slice(0, 10) };
}

/** Runs work as the only writer of an environment. */
export async function asOnlyWriter<T>(
  context: Context,
  { name, command, wait }: { readonly name: string; readonly command: string; readonly wait?: string },
  work: () => Promise<T>,
): Promise<T> {
  return withLock(
    {
      file: path.join(context.workspace, ".mlops", "locks", `${name}.json`),
      what: `environment ${name}`,
      command: `mlops ${command} ${name}`,
      waitSeconds: wait === undefined ? DEFAULT_WAIT_SECONDS : seconds("--wait", wait),
      say: (line) => context.output.say(line),
      signal: context.interrupt.signal,
    },
    work,
  );
}

/** The operator of an environment. @param definitions what is deployed. @default - as the estate recorded it */
export async function operatorOf(
  context: Context,
  environment: Environment,
  definitions?: readonly LayerDefinition[],
): Promise<IOperator> {
  const { operatorFor } = await import("../stacks/platform");
  const access = accessTo(environment, context);
  return operatorFor(environment, { workspace: context.workspace, access, ...(definitions ? { definitions } : {}) });
}

/** Throws the refusal of the first verb that an environment's operator does not have: before anything is begun. */
export function needVerbs(operator: IOperator, environment: Environment, ...verbs: readonly OperatorVerb[]): void {
  for (const verb of verbs) {
    const lacking = operator.unavailable?.[verb];
    if (lacking === undefined) continue;
    throw new UserError({ where: `environment ${environment.name}`, ...lacking }, EXIT.refused);
  }
}

/** Where synthesized stacks and Terraform's working folders lie, for this and for the CDKTF command line. */
export const outputFolder = (context: Context) => path.join(context.workspace, "cdktf.out");

/** An environment's stacks as they were just written. */
export interface Synthesized {
  readonly outdir: string;
  readonly manifest: SynthManifest;
  readonly entry: EnvironmentEntry;
  /** In the order they are deployed. */
  readonly stacks: readonly StackEntry[];
}

/** Writes the stacks of one environment. */
export async function synthesize(
  context: Context,
  environment: Environment,
  { outdir = outputFolder(context), assume = false }: { readonly outdir?: string; readonly assume?: boolean } = {},
): Promise<Synthesized> {
  const synth = await import("../stacks/synth");
  const manifest = await synth.synthesize([environment], { outdir, assume });
  const entry = manifest.environments[environment.name];
  if (entry === undefined) throw new Error(`synth left out the environment ${environment.name}`);
  const stacks = entry.stacks.flatMap((name) => manifest.stacks[name] ?? []);
  return { outdir, manifest, entry, stacks };
}

/** The definitions of local parts that synthesized stacks hold: what will be asked of the machine. */
export function definitionsIn({ outdir, stacks }: Synthesized): readonly LayerDefinition[] {
  return stacks.flatMap(({ synthesizedStackPath }) => {
    const document = JSON.parse(fs.readFileSync(path.join(outdir, synthesizedStackPath), "utf8")) as {
      resource?: { terraform_data?: Record<string, { input?: unknown }> };
    };
    return Object.values(document.resource?.terraform_data ?? {}).flatMap(({ input }) =>
      isDefinition(input) ? [input] : [],
    );
  });
}

interface ScratchOptions {
  readonly assume?: boolean;
  /** Beginning of the folder's path. Terraform finds the state only from a folder of the workspace. @default - the system's */
  readonly prefix?: string;
}

/** Synthesizes into a folder that does not stay: for looking, without touching what is deployed. */
export async function withScratch<T>(
  context: Context,
  environment: Environment,
  { assume = false, prefix = path.join(os.tmpdir(), "mlops-synth-") }: ScratchOptions,
  work: (synthesized: Synthesized) => Promise<T>,
): Promise<T> {
  const outdir = fs.mkdtempSync(prefix);
  const remove = () => fs.rmSync(outdir, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await work(await synthesize(context, environment, { outdir, assume }));
  } finally {
    process.removeListener("exit", remove);
    remove();
  }
}

/** The definitions as the files say now, whatever is deployed. */
export async function definitionsFor(context: Context, environment: Environment): Promise<readonly LayerDefinition[]> {
  return withScratch(context, environment, { assume: true }, async (made) => definitionsIn(made));
}

function isDefinition(input: unknown): input is LayerDefinition {
  return typeof input === "object" && input !== null && "layer" in input && "parts" in input;
}

/** Opens the ledger for some work, and closes it. */
export async function withLedger<T>(operator: IOperator, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const { openLedger } = await import("../operations/ledger");
  const ledger = await openLedger(await operator.database("ledger"));
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
