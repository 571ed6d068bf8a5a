import type { Drill } from "../../lib/contracts/operator";
import { type ExitCode, UserError } from "../../lib/core/errors";
import type { ReleaseReport } from "../../operations/release-report";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import {
  asOnlyWriter,
  definitionsFor,
  loadEnvironment,
  operatorOf,
  type WriteOptions,
  withLedger,
  word,
} from "../estate";
import { Steps } from "../progress";
import { parametersOf } from "../project";
import { ENDINGS, releaseNeed } from "../release";

interface Options extends WriteOptions {
  readonly modelVersion?: string;
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
    .option("--drill-latency <milliseconds>", "rehearsal: make the canary slower by this")
    .option("--drill-errors <share>", "rehearsal: let the canary fail this share of requests, 0 to 1")
    .option("--skip-checks", "only with a rehearsal: go to the canary without the checks in QA")
    .option("--dry-run", "only say what would be released")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops release local diabetes", "QA, checks, canary, production"],
        ["mlops release local diabetes --model-version 3 --drill-errors 0.2", "rehearse a rollback"],
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
        const work = async () => {
          const operator = await operatorOf(context, environment, await definitionsFor(context, environment));
          return withLedger(operator, async (ledger): Promise<ExitCode | undefined> => {
            const need = await releaseNeed({ operator, ledger, environment, project, again: true });
            const version = options.modelVersion ?? need.version;
            const document = { environment: environment.name, project, version, serving: need.serving };
            if (version === null) {
              context.output.result({ ...document, release: null }, `nothing to release: ${need.reason}`);
              return undefined;
            }
            if (options.dryRun) {
              const text = `would release version ${version}; ${need.serving ?? "nothing"} serves now`;
              context.output.result({ ...document, release: null, dryRun: true }, text);
              return undefined;
            }
            const { runRelease } = await import("../../operations/release");
            const signal = context.interrupt.signal;
            const steps = new Steps(context.output);
            const release = await steps.run(`release ${project}`, async (say) => {
              const rehearsal = drill === null ? {} : { drill, skipChecks: options.skipChecks ?? false };
              const request = { operator, ledger, environment, project, version, signal, ...rehearsal };
              const value = await context.interrupt.during(() => runRelease(request, say));
              return { value, detail: `version ${version} ${ENDINGS[value.state]}` };
            });
            const { exitCodeOf } = await import("../../operations/release-report");
            context.output.result({ ...document, release }, releaseText(release));
            return exitCodeOf(release);
          });
        };
        if (options.dryRun) return work();
        return asOnlyWriter(context, { name: environment.name, command: "release", wait: options.wait }, work);
      }),
    );
};

function releaseText({ project, version, state, reasons, checks }: ReleaseReport): string {
  const checked = checks.map(
    ({ check, ok, message, skipped }) => `${skipped ? "skipped" : ok ? "passed " : "failed "}  ${check}: ${message}`,
  );
  return [`version ${version} of ${project}: ${ENDINGS[state]}`, ...checked, ...reasons].join("\n");
}

function drillOf({ drillLatency, drillErrors }: Options): Drill | null {
  if (drillLatency === undefined && drillErrors === undefined) return null;
  return {
    ...(drillLatency === undefined ? {} : { latencyMs: number("--drill-latency", drillLatency, 60_000) }),
    ...(drillErrors === undefined ? {} : { errorRate: number("--drill-errors", drillErrors, 1) }),
  };
}

function number(option: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= most) return value;
  throw new UserError({ where: option, message: `got ${text}, wanted a number from 0 to ${most}` });
}
