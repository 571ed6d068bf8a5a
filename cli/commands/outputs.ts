import path from "node:path";
import type { StackOutputs } from "../../lib/core/document";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { loadEnvironment, synthesize } from "../estate";
import { table } from "../output";
import { Stack } from "../stack";
import { Terraform } from "../terraform";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .addHelpText(
      "after",
      examples(
        ["mlops outputs local", "addresses and names, the same keys on every cloud"],
        ["mlops outputs local --json", "the document that pipelines and build files read"],
      ),
    )
    .action(
      act(async (context, words) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const { environmentDocument } = await import("../../lib/core/document");
        const { outdir, stacks, entry } = await synthesize(context, environment);
        const wanted = new Set(Object.values(entry.outputs).flatMap(({ stack }) => stack ?? []));
        const operation = {
          environment: environment.name,
          cloud: environment.cloud,
          command: `mlops deploy ${environment.name}`,
        };
        const states: Record<string, StackOutputs> = {};
        if (wanted.size > 0) {
          const terraform = await Terraform.find(context.variables, context.interrupt);
          for (const { name, workingDirectory } of stacks.filter(({ name }) => wanted.has(name))) {
            const folder = path.join(outdir, workingDirectory);
            states[name] = await new Stack({ terraform, folder, name, operation }).outputs();
          }
        }
        const outputs = environmentDocument(entry.outputs, states);
        const rows = Object.entries(outputs).map(([key, { value, reason }]) => [
          key,
          value ?? `- (${reason ?? "not known"})`,
        ]);
        context.output.result({ environment: environment.name, outputs }, table(["OUTPUT", "VALUE"], rows));
        return undefined;
      }),
    );
};
