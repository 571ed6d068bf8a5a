import type { PartChange } from "../../lib/contracts/operator";
import { word } from "../arguments";
import { confirm } from "../ask";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { deploy } from "../deploy";
import { planDocument, planText, summary } from "../deployment";
import { asOnlyWriter, loadEnvironment, type WriteOptions } from "../estate";
import { Steps } from "../progress";
import { rehearse } from "../rehearsal";

interface Options extends WriteOptions {
  readonly layer?: readonly string[];
  readonly yes?: boolean;
  readonly approve?: readonly string[];
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--layer <layer...>", "only these layers")
    .option("--yes", "do not ask before changing an environment in a cloud")
    .option("--approve <address...>", "let these resources with data or keys be destroyed or replaced")
    .option("--dry-run", "only plan")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops deploy local", "every layer in order, then start what should run"],
        ["mlops deploy local --layer data ml", "two layers only"],
        ["mlops deploy prod --yes", "without a question"],
      ),
    )
    .action(
      act<Options>(async (context, words, { layer: layers, yes, approve: losses, dryRun, wait }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        if (dryRun) {
          const { document, text } = await rehearse({ context, environment, layers });
          context.output.result(document, text);
          return undefined;
        }
        // What stands on this machine costs nothing and is brought back by the same command; a cloud is asked for.
        const free = yes || environment.cloud === "local";
        await asOnlyWriter(context, { name: environment.name, command: "deploy", wait }, async () => {
          const steps = new Steps(context.output, !free);
          const { plans, parts, synthesized } = await deploy({
            context,
            environment,
            steps,
            layers,
            losses,
            approve: async (layer, plan) => {
              if (free) return;
              await confirm(context, `Layer ${layer} of ${environment.name}: ${summary(plan)}.`, "yes", "--yes");
            },
          });
          context.output.result(
            { ...planDocument(environment.name, plans, synthesized), parts, steps: steps.reports },
            [planText(plans), partsText(parts)].filter((text) => text !== "").join("\n"),
          );
        });
        return undefined;
      }),
    );
};

function partsText(parts: readonly PartChange[]): string {
  if (parts.length === 0) return "";
  const changed = parts.filter(({ change }) => change !== "unchanged");
  if (changed.length === 0) return "every part runs as it should";
  return changed.map(({ part, change }) => `${part}: ${change}`).join("\n");
}
