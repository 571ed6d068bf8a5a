import fs from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { EXIT, UserError } from "../../lib/core/errors";
import { count, word } from "../arguments";
import type { Act, CommandModule } from "../commands";
import { examples } from "../commands";
import { loadEnvironment, needVerbs, operatorOf, withLedger } from "../estate";
import { duration, table } from "../output";
import { Steps } from "../progress";
import { compilePipeline, type PipelineOutcome, parameterValues, projectFolder, trainProject } from "../project";

export const define: CommandModule["define"] = (command, act) => {
  command.addHelpText(
    "after",
    examples(
      ["mlops pipeline compile diabetes --out diabetes.yaml", "the pipeline as KFP intermediate representation"],
      ["mlops pipeline run local diabetes --parameter train.alpha=0.5", "train and register if better"],
      ["mlops pipeline list local", "what ran, and what came of it"],
    ),
  );
  defineCompile(command.command("compile").description("compile a project's pipeline"), act);
  defineRun(command.command("run").description("run a project's pipeline and wait for it"), act);
  defineList(command.command("list").description("list runs, newest first"), act);
};

function defineCompile(command: Command, act: Act): void {
  command
    .argument("<project>")
    .option("--out <file>", "where to write; standard output when left out")
    .option("--dry-run", "compile, write nothing")
    .addHelpText(
      "after",
      examples(["mlops pipeline compile diabetes --out diabetes.yaml", "written only when it changed"]),
    )
    .action(
      act<{ out?: string; dryRun?: boolean }>(async (context, words, { out, dryRun }) => {
        const project = word(words, 0);
        const text = await compilePipeline(context, project);
        if (out === undefined) {
          context.output.result({ project, pipeline: text }, dryRun ? "" : text.trimEnd());
          return undefined;
        }
        const file = path.resolve(out);
        const changed = !fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text;
        if (!dryRun && changed) {
          fs.mkdirSync(path.dirname(file), { recursive: true });
          fs.writeFileSync(`${file}.${process.pid}`, text);
          fs.renameSync(`${file}.${process.pid}`, file);
        }
        const done = changed ? (dryRun ? "would be written" : "written") : "unchanged";
        context.output.result({ project, file, changed, written: changed && !dryRun }, `${file}: ${done}`);
        return undefined;
      }),
    );
}

interface RunOptions {
  readonly parameter?: readonly string[];
  readonly reason: string;
  readonly dedupeKey?: string;
  readonly dryRun?: boolean;
}

const REASONS = ["manual", "schedule", "new-data", "drift", "performance", "code"];

function defineRun(command: Command, act: Act): void {
  command
    .argument("<environment>")
    .argument("<project>")
    .option("--parameter <name=value...>", "override a setting of the project: train.alpha=0.5")
    .option("--reason <reason>", `why it runs: ${REASONS.join(", ")}`, "manual")
    .option("--dedupe-key <key>", "requests with one key make one run")
    .option("--dry-run", "only say what would run")
    .addHelpText(
      "after",
      examples(["mlops pipeline run local diabetes --parameter train.alpha=0.5", "train and register if better"]),
    )
    .action(
      act<RunOptions>(async (context, words, { parameter = [], reason, dedupeKey, dryRun }) => {
        if (!REASONS.includes(reason)) {
          throw new UserError({ where: "--reason", message: `got ${reason}, wanted one of ${REASONS.join(", ")}` });
        }
        const environment = await loadEnvironment(context, word(words, 0));
        const project = word(words, 1);
        const overrides = parameterValues(parameter);
        if (dryRun) {
          const directory = projectFolder(context, project);
          const document = { environment: environment.name, project, directory, parameters: overrides, reason };
          context.output.result(document, `would run ${directory} with ${JSON.stringify(overrides)}`);
          return undefined;
        }
        const operator = await operatorOf(context, environment);
        needVerbs(operator, environment, "pipelines", "ledger");
        const steps = new Steps(context.output);
        const outcome = await withLedger(operator, (ledger) =>
          steps.run(`pipeline ${project}`, async (say) => {
            const request = { operator, ledger, environment, project, overrides, reason, dedupeKey };
            const value = await trainProject(context, request, say);
            return { value, detail: value.summary };
          }),
        );
        context.output.result({ environment: environment.name, project, ...outcome }, outcomeText(outcome));
        return EXIT.done;
      }),
    );
}

function outcomeText({ runId, summary, metrics, reasons }: PipelineOutcome): string {
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`);
  return [`run ${runId}: ${summary}`, ...(figures.length > 0 ? [figures.join(", ")] : []), ...reasons].join("\n");
}

function defineList(command: Command, act: Act): void {
  command
    .argument("<environment>")
    .argument("[project]")
    .option("--limit <number>", "how many", "20")
    .addHelpText("after", examples(["mlops pipeline list local diabetes --limit 5", "the last five of one project"]))
    .action(
      act<{ limit: string }>(async (context, words, { limit }) => {
        const filter = { limit: count("--limit", limit), ...(words[1] ? { project: words[1] } : {}) };
        const environment = await loadEnvironment(context, word(words, 0));
        const operator = await operatorOf(context, environment);
        needVerbs(operator, environment, "ledger");
        const runs = await withLedger(operator, (ledger) => ledger.runs({ environment: environment.name, ...filter }));
        const rows = runs.map((run) => [
          run.id,
          run.project,
          run.state,
          run.startedAt.replace(/\.\d+Z$/, "Z"),
          run.endedAt === null ? "-" : duration((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000),
          run.version ?? "-",
          run.error ?? run.reasons[0] ?? run.reason,
        ]);
        const head = ["RUN", "PROJECT", "STATE", "STARTED", "TOOK", "VERSION", "WHY"];
        context.output.result(
          { environment: environment.name, runs },
          runs.length > 0 ? table(head, rows) : "no run yet",
        );
        return undefined;
      }),
    );
}
