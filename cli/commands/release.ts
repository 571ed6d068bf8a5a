import type { Command } from "commander";
import type { Environment } from "../../environments/schema";
import type { Drill, IOperator } from "../../lib/contracts/operator";
import { EXIT, type ExitCode, UserError } from "../../lib/core/errors";
import type { Ledger } from "../../operations/ledger";
import type { ReleaseReport } from "../../operations/release-report";
import { count, number, word } from "../arguments";
import type { Act, CommandModule } from "../commands";
import { examples } from "../commands";
import type { Context } from "../context";
import { asOnlyWriter, loadEnvironment, needVerbs, operatorOf, type WriteOptions, withLedger } from "../estate";
import { duration, table } from "../output";
import { Steps } from "../progress";
import { parametersOf } from "../project";
import { ENDINGS, releaseNeed } from "../release";

interface Options extends WriteOptions {
  readonly modelVersion?: string;
  readonly rollback?: boolean;
  readonly drillLatency?: string;
  readonly drillErrors?: string;
  readonly skipChecks?: boolean;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .argument("<project>")
    .option(
      "--model-version <version>",
      "which version of the registry (default: the newest that is not in production)",
    )
    .option("--rollback", "back to the version that served before, at once")
    .option("--drill-latency <milliseconds>", "rehearsal: make the canary slower by this")
    .option("--drill-errors <share>", "rehearsal: let the canary fail this share of requests, 0 to 1")
    .option("--skip-checks", "only with a rehearsal: go to the canary without the checks in QA")
    .option("--dry-run", "only say what would be released")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops release local diabetes", "QA, checks, canary, production"],
        ["mlops release local diabetes --rollback", "the former version serves again"],
        ["mlops release local diabetes --model-version 3 --drill-errors 0.2", "rehearse a rollback"],
        ["mlops release list local", "what was released, and how it ended"],
      ),
    )
    .action(
      act<Options>(async (context, words, options) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const project = word(words, 1);
        parametersOf(environment, project, {});
        const drill = drillOf(options);
        if (options.skipChecks && drill === null)
          command.error("error: --skip-checks goes with --drill-latency or --drill-errors only");
        if (options.rollback && (drill !== null || options.modelVersion !== undefined))
          command.error("error: --rollback goes with neither --model-version nor a rehearsal");
        const work = async () => {
          const operator = await operatorOf(context, environment);
          needVerbs(operator, environment, "serving", "ledger");
          return withLedger(operator, (ledger) => {
            const request = { context, environment, operator, ledger, project, options, drill };
            return options.rollback ? goBack(request) : release(request);
          });
        };
        if (options.dryRun) return work();
        return asOnlyWriter(context, { name: environment.name, command: "release", wait: options.wait }, work);
      }),
    );
  defineList(command.command("list").description("list releases, newest first"), act);
};

interface Request {
  readonly context: Context;
  readonly environment: Environment;
  readonly operator: IOperator;
  readonly ledger: Ledger;
  readonly project: string;
  readonly options: Options;
  readonly drill: Drill | null;
}

async function release(request: Request): Promise<ExitCode> {
  const { context, environment, operator, ledger, project, options, drill } = request;
  const { serving, ...need } = await releaseNeed({ operator, ledger, environment, project, again: true });
  const version = options.modelVersion ?? need.version;
  const reason = options.modelVersion === undefined ? need.reason : "asked for by --model-version";
  const document = { environment: environment.name, project, version, serving, reason };
  if (version === null) {
    context.output.result({ ...document, release: null }, `nothing to release: ${reason}`);
    return EXIT.done;
  }
  if (options.dryRun) {
    await operator.models.get(project, version);
    const text = `would release version ${version}; ${serving ?? "nothing"} serves now`;
    context.output.result({ ...document, release: null, dryRun: true }, text);
    return EXIT.done;
  }
  const { runRelease } = await import("../../operations/release");
  const signal = context.interrupt.signal;
  const report = await new Steps(context.output).run(`release ${project}`, async (say) => {
    const rehearsal = drill === null ? {} : { drill, skipChecks: options.skipChecks ?? false };
    const asked = {
      operator,
      ledger,
      environment,
      project,
      version,
      signal,
      requestedBy: context.person,
      ...rehearsal,
    };
    const value = await context.interrupt.during(() => runRelease(asked, say));
    return { value, detail: `version ${version} ${ENDINGS[value.state]}` };
  });
  return finish(context, document, report);
}

async function goBack({ context, environment, operator, ledger, project, options }: Request): Promise<ExitCode> {
  const { previousVersion, rollback } = await import("../../operations/rollback");
  const [now, ...former] = await ledger.served({ environment: environment.name, project });
  const version = previousVersion(now ? [now, ...former] : [])?.version ?? null;
  if (now === undefined || version === null) {
    const message = "no version was in production before the one that serves now, so there is none to go back to";
    throw new UserError({ where: `project ${project}`, message, fix: `See mlops release list ${environment.name}` });
  }
  const reason = "it served before";
  const document = { environment: environment.name, project, version, serving: now.version, reason };
  if (options.dryRun) {
    const text = `would go back to version ${version}; ${now.version} serves now`;
    context.output.result({ ...document, release: null, dryRun: true }, text);
    return EXIT.done;
  }
  const report = await new Steps(context.output).run(`rollback ${project}`, async (say) => {
    const asked = { operator, ledger, environment, project, requestedBy: context.person };
    const value = await context.interrupt.during(() => rollback(asked, say));
    return { value, detail: `version ${value.version} ${ENDINGS[value.state]}` };
  });
  return finish(context, document, report);
}

async function finish(context: Context, document: object, report: ReleaseReport): Promise<ExitCode> {
  const { exitCodeOf } = await import("../../operations/release-report");
  context.output.result({ ...document, release: report }, releaseText(report));
  return exitCodeOf(report);
}

function releaseText({ project, version, state, reasons, checks }: ReleaseReport): string {
  const checked = checks.map(
    ({ check, ok, message, skipped }) => `${skipped ? "skipped" : ok ? "passed " : "failed "}  ${check}: ${message}`,
  );
  return [`version ${version} of ${project}: ${ENDINGS[state]}`, ...checked, ...reasons].join("\n");
}

function drillOf({ drillLatency, drillErrors }: Options): Drill | null {
  if (drillLatency === undefined && drillErrors === undefined) return null;
  return {
    ...(drillLatency === undefined ? {} : { latencyMs: number("--drill-latency", drillLatency, 0, 60_000) }),
    ...(drillErrors === undefined ? {} : { errorRate: number("--drill-errors", drillErrors, 0, 1) }),
  };
}

function defineList(command: Command, act: Act): void {
  command
    .argument("<environment>")
    .argument("[project]")
    .option("--limit <number>", "how many", "20")
    .addHelpText("after", examples(["mlops release list local diabetes --limit 5", "the last five of one project"]))
    .action(
      act<{ limit: string }>(async (context, words, { limit }) => {
        const filter = { limit: count("--limit", limit), ...(words[1] ? { project: words[1] } : {}) };
        const environment = await loadEnvironment(context, word(words, 0));
        const operator = await operatorOf(context, environment);
        needVerbs(operator, environment, "ledger");
        const releases = await withLedger(operator, (ledger) =>
          ledger.releases({ environment: environment.name, ...filter }),
        );
        const rows = releases.map((one) => [
          one.id,
          one.project,
          one.version,
          one.kind + (one.drill === null ? "" : " (rehearsal)"),
          one.state === "open" ? "under way" : ENDINGS[one.state],
          one.startedAt.replace(/\.\d+Z$/, "Z"),
          one.endedAt === null ? "-" : duration((Date.parse(one.endedAt) - Date.parse(one.startedAt)) / 1000),
          one.reasons[0] ?? "-",
        ]);
        const head = ["RELEASE", "PROJECT", "VERSION", "KIND", "END", "STARTED", "TOOK", "WHY"];
        const text = releases.length > 0 ? table(head, rows) : "no release yet";
        context.output.result({ environment: environment.name, releases }, text);
        return EXIT.done;
      }),
    );
}
