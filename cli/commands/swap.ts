import fs from "node:fs";
import path from "node:path";
import type { Loaded } from "../../environments/load";
import { CLOUDS } from "../../environments/schema";
import { EXIT, UserError } from "../../lib/core/errors";
import type { SwapCloud } from "../../operations/swap/data";
import type { Side, SideCost, SwapReport, SwapResource } from "../../operations/swap/report";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import type { Context } from "../context";
import { documentsOf, estimateOf, withAllImages } from "../cost";
import { asOnlyWriter, loadProps, type Synthesized, withScratch } from "../estate";
import { swapText } from "../swap-text";

interface Options {
  readonly to: string;
  readonly write?: boolean;
  readonly wait?: string;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .requiredOption("--to <cloud>", "the cloud to go to: gcp, azure or local")
    .option("--write", "change the one word in the environment's file")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops swap dev --to azure", "what is kept, changed, lost and must be moved; writes nothing"],
        ["mlops swap dev --to azure --json", "the report for programs"],
        ["mlops swap dev --to azure --write", "change the word, and say what to run next"],
      ),
    )
    .action(
      act<Options>(async (context, words, { to, write = false, wait }) => {
        const name = word(words, 0);
        const target = cloudOf(to);
        if (!write) {
          const { report } = await look(context, name, target);
          context.output.result({ ...report, written: false }, swapText(report));
          return undefined;
        }
        await asOnlyWriter(context, { name, command: "swap", wait }, async () => {
          // Looked at again inside the lock: the file may have changed while it was waited for.
          const { report, file, where, text } = await look(context, name, target);
          const { replaceFile } = await import("../../environments/replace-file");
          replaceFile(path.resolve(file), text);
          context.output.result(
            { ...report, written: true },
            `${where}: cloud: ${report.from} is cloud: ${target} now. Nothing was deployed and nothing was destroyed.\n${next(report)}`,
          );
        });
        return undefined;
      }),
    );
};

function next({ steps, from, environment }: SwapReport): string {
  const [note, , ...after] = steps.flatMap(({ command }) => command ?? []);
  return [
    "Next:",
    ...after.slice(0, 4).map((command) => `  ${command}`),
    `Old addresses not noted yet? Go back (mlops swap ${environment} --to ${from} --write) and run ${note} first.`,
  ].join("\n");
}

function cloudOf(to: string): SwapCloud {
  if (to === "gcp" || to === "azure" || to === "local") return to;
  const known = CLOUDS.some((cloud) => cloud === to);
  throw new UserError(
    {
      where: "--to",
      message: known ? `got ${to}, which this version does not build` : `got ${JSON.stringify(to)}, which is no cloud`,
      fix: "Wanted gcp, azure or local",
    },
    EXIT.error,
  );
}

interface Look {
  readonly report: SwapReport;
  readonly file: string;
  readonly where: string;
  /** The file's text with the other word. */
  readonly text: string;
}

/** Both sides, from the files as they are and as they would be. */
async function look(context: Context, name: string, to: SwapCloud): Promise<Look> {
  const { loadWithOrigins, listProjects } = await import("../../environments/load");
  const { withCloud } = await import("../../environments/cloud-word");
  const { swapReport } = await import("../../operations/swap/report");
  const { nonPortable } = await import("../../operations/swap/non-portable");
  const props = loadProps(context, listProjects);
  const now = loadWithOrigins({ ...props, name });
  const changed = withCloud(now.workspace, name, to);
  if (changed.from === to) {
    const message = `cloud is ${to} already`;
    throw new UserError({ where: changed.where, message, fix: "Give another cloud to --to" }, EXIT.error);
  }
  const then = loadThen(() => loadWithOrigins({ ...props, name, instead: { [changed.file]: changed.text } }), to);
  const from = await sideOf(context, now, cloudOf(changed.from));
  const report = swapReport(from, await sideOf(context, then, to), nonPortable(now, to));
  return { report, file: changed.file, where: changed.where, text: changed.text };
}

/** What the other cloud refuses is said as the files' own problems, with the cloud that it is about. */
function loadThen(load: () => Loaded, to: SwapCloud): Loaded {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const problems = error.problems.map((problem) => ({
      ...problem,
      message: `with cloud: ${to}, ${problem.message}`,
    }));
    throw new UserError(problems, error.exitCode);
  }
}

async function sideOf(context: Context, { environment }: Loaded, cloud: SwapCloud): Promise<Side> {
  return withScratch(context, withAllImages(environment), { assume: true }, async (made) => ({
    cloud,
    environment,
    outputs: made.entry.outputs,
    resources: resourcesOf(made),
    states: made.stacks.length,
    stateAt: stateOf(made),
    cost: await costOf(environment, made),
  }));
}

function resourcesOf(made: Synthesized): readonly SwapResource[] {
  return documentsOf(made).flatMap(({ layer, document }) => {
    const { resource = {} } = document as { resource?: Record<string, Record<string, Placed>> };
    return Object.entries(resource).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, placed]) => {
        const [, ...rest] = (placed["//"]?.metadata?.path ?? id).split("/");
        return { type, layer, path: rest.join("/") || id };
      }),
    );
  });
}

interface Placed {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
}

/** Where the states are, as the first stack's backend says. */
function stateOf({ outdir, stacks }: Synthesized): string {
  const [first] = stacks;
  if (first === undefined) return "none";
  const text = fs.readFileSync(path.join(outdir, first.synthesizedStackPath), "utf8");
  const { terraform } = JSON.parse(text) as { terraform?: { backend?: Record<string, Record<string, unknown>> } };
  const [[type, settings] = ["local", {}]] = Object.entries(terraform?.backend ?? {});
  const at = settings.bucket ?? settings.storage_account_name ?? "this machine";
  const key = String(settings.prefix ?? settings.key ?? settings.path).replace(/[/-]?foundation(\.tfstate)?$/, "");
  return `${type} ${String(at)}, ${key}`;
}

async function costOf(environment: Loaded["environment"], made: Synthesized): Promise<SideCost> {
  const estimate = await estimateOf(environment, made);
  if (estimate === null) return { idle: 0, busy: 0, pricedPercent: 100 };
  const { total, share } = estimate;
  return { ...total, pricedPercent: share.percent };
}
