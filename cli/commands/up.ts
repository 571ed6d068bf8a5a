import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { asOnlyWriter, loadEnvironment, type WriteOptions } from "../estate";
import { duration, table } from "../output";
import { Steps } from "../progress";
import { rehearse } from "../rehearsal";
import { type ProjectReport, type UpReport, up } from "../up";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--dry-run", "only show what would be deployed and trained")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops up local", "deploy, train, check, release, predict; quick when nothing changed"],
        ["mlops up local --json", "every step with its time, for programs"],
      ),
    )
    .action(
      act<WriteOptions>(async (context, words, { dryRun, wait }) => {
        const name = word(words, 0);
        // Read before anything is locked or written: a wrong file leaves no trace.
        const environment = await loadEnvironment(context, name);
        if (dryRun) {
          const plan = await rehearse({ context, environment });
          const projects = environment.projects.map((project) => project.name);
          const text = `${plan.text}\nthen train, release and predict, where something changed: ${projects.join(", ")}`;
          context.output.result({ ...plan.document, projects }, text);
          return undefined;
        }
        await asOnlyWriter(context, { name, command: "up", wait }, async () => {
          const report = await up({ context, name, steps: new Steps(context.output) });
          context.output.result(report, upText(report));
        });
        return undefined;
      }),
    );
};

/** The result for people: times, model, metrics, addresses, the prediction. */
export function upText({ environment, seconds, steps, projects, addresses }: UpReport): string {
  return [
    table(
      ["STEP", "TIME", "RESULT"],
      steps.map(({ step, seconds: time, detail }) => [step, duration(time), detail ?? "done"]),
    ),
    table(["PART", "ADDRESS"], Object.entries(addresses)),
    ...projects.map(projectText),
    `${environment} is up (${duration(seconds)})`,
  ].join("\n\n");
}

function projectText({ project, pipeline, prediction, version }: ProjectReport): string {
  const figures = Object.entries(pipeline.metrics).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`);
  return [
    `project     ${project}`,
    `production  version ${version}`,
    ...(figures.length > 0 ? [`metrics     ${figures.join(", ")}`] : []),
    `prediction  ${prediction.prediction} (expected ${prediction.expected}), request ${prediction.requestId ?? "-"}`,
    `            POST ${prediction.url}`,
    `            ${JSON.stringify({ instances: [prediction.instance] })}`,
  ].join("\n");
}
