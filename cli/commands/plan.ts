import { EXIT } from "../../lib/core/errors";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { planDocument, planText, runLayers } from "../deployment";
import { asOnlyWriter, loadEnvironment, synthesize } from "../estate";
import { Steps } from "../progress";

interface Options {
  readonly layer?: readonly string[];
  readonly detailedExitcode?: boolean;
  readonly assume?: boolean;
  readonly wait?: string;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--layer <layer...>", "only these layers")
    .option("--assume", "use example values for what layers that are not deployed would give")
    .option("--detailed-exitcode", "end with 2 when there are changes")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops plan local", "counts and actions, layer by layer"],
        ["mlops plan local --detailed-exitcode", "0: nothing to do, 2: changes"],
      ),
    )
    .action(
      act<Options>(async (context, words, { layer, detailedExitcode, assume, wait }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        return asOnlyWriter(context, { name: environment.name, command: "plan", wait }, async () => {
          const synthesized = await synthesize(context, environment, { assume });
          const steps = new Steps(context.output);
          const plans = await runLayers({ context, steps, synthesized, layers: layer });
          const text = planText(plans, synthesized.entry.assumed);
          context.output.result(planDocument(environment.name, plans, synthesized), text);
          const changed = plans.some(({ plan }) => plan.changed);
          return changed && detailedExitcode ? EXIT.changes : EXIT.done;
        });
      }),
    );
};
