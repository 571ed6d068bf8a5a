/** What most commands begin with: the environment, its lock, its operator, its synthesized stacks. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Environment } from "../environments/schema";
import type { IOperator } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import type { LayerDefinition } from "../lib/local/parts";
import type { Ledger } from "../operations/ledger";
import type { EnvironmentEntry, StackEntry, SynthManifest } from "../stacks/manifest";
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

export async function loadEnvironment(context: Context, name: string): Promise<Environment> {
  const { loadEnvironment: load, listProjects } = await import("../environments/load");
  return load({ ...loadProps(context, listProjects), name });
}

/** Every environment, held against one another. */
export async function loadAllEnvironments(context: Context): Promise<readonly Environment[]> {
  const { loadAll, listProjects } = await import("../environments/load");
  return loadAll(loadProps(context, listProjects));
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

/** A number of seconds from the command line. */
export function seconds(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new UserError({ where: option, message: `got ${text}, wanted a number of seconds, 0 or more` });
}

export async function operatorOf(
  context: Context,
  environment: Environment,
  definitions?: readonly LayerDefinition[],
): Promise<IOperator> {
  const { operatorFor } = await import("../stacks/platform");
  return operatorFor(environment, { workspace: context.workspace, ...(definitions ? { definitions } : {}) });
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

export async function synthesize(
  context: Context,
  environment: Environment,
  { outdir = outputFolder(context), assume = false }: { readonly outdir?: string; readonly assume?: boolean } = {},
): Promise<Synthesized> {
  const synth = await import("../stacks/synth");
  const options = { workspace: context.workspace, outdir, assume };
  const manifest = await oneAtATime(context, outdir, () => synth.synthesize([environment], options));
  const entry = manifest.environments[environment.name];
  if (entry === undefined) throw new Error(`synth left out the environment ${environment.name}`);
  const stacks = entry.stacks.flatMap((name) => manifest.stacks[name] ?? []);
  return { outdir, manifest, entry, stacks };
}

/** Two synths into one folder follow each other. The lock stands elsewhere: the folder holds output only. */
function oneAtATime<T>(context: Context, outdir: string, work: () => Promise<T>): Promise<T> {
  const usual = outdir === outputFolder(context);
  const name = createHash("sha256").update(outdir).digest("hex").slice(0, 16);
  const file = usual
    ? path.join(context.workspace, ".mlops", "locks", "cdktf.out.json")
    : path.join(os.tmpdir(), `mlops-synth-${name}.json`);
  const { interrupt, output } = context;
  const say = (line: string) => output.say(line);
  return withLock({ file, what: outdir, command: "mlops synth", waitSeconds: 60, say, signal: interrupt.signal }, work);
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

/** The same without touching what is deployed: synthesized into a folder that does not stay. */
export async function definitionsFor(context: Context, environment: Environment): Promise<readonly LayerDefinition[]> {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "mlops-synth-"));
  try {
    return definitionsIn(await synthesize(context, environment, { outdir, assume: true }));
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
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

/** The one word of a command line. */
export function word(words: readonly string[], position: number): string {
  const found = words[position];
  if (found === undefined) throw new Error(`argument ${position} was not declared`);
  return found;
}
