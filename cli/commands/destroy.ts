import { word } from "../arguments";
import { confirm } from "../ask";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { planDocument, planText, runLayers } from "../deployment";
import { asOnlyWriter, loadEnvironment, operatorOf, synthesize, type WriteOptions } from "../estate";
import { Steps } from "../progress";
import { rehearse } from "../rehearsal";

interface Options extends WriteOptions {
  readonly layer?: readonly string[];
  readonly yes?: boolean;
  readonly purge?: boolean;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--layer <layer...>", "only these layers")
    .option("--yes", "do not ask for the environment's name")
    .option("--purge", "delete its data too: databases, buckets, models, logs")
    .option("--dry-run", "only show what would be removed")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops destroy local", "asks for the name; data stays"],
        ["mlops destroy local --purge --yes", "nothing is left, nothing is asked"],
      ),
    )
    .action(
      act<Options>(async (context, words, { layer: layers, yes, purge = false, dryRun, wait }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const { name } = environment;
        if (purge && layers !== undefined) command.error("error: --purge removes all data and cannot go with --layer");
        if (dryRun) {
          const { document, text } = await rehearse({ context, environment, layers, destroy: true });
          const data = purge ? "all data of the environment would be deleted" : "data would stay";
          context.output.result({ ...document, purge }, `${text}\n${data}`);
          return undefined;
        }
        const lost = purge ? "All its data is deleted: databases, buckets, models, logs." : "Its data stays.";
        const what = layers === undefined ? `environment ${name}` : `layers ${layers.join(", ")} of ${name}`;
        if (!yes) await confirm(context, `This removes ${what}. ${lost}`, name, "--yes");
        await asOnlyWriter(context, { name, command: "destroy", wait }, async () => {
          const synthesized = await synthesize(context, environment);
          const operator = await operatorOf(context, environment);
          const steps = new Steps(context.output);
          const approve = async () => {};
          const plans = await runLayers({ context, steps, synthesized, layers, destroy: true, approve });
          if (layers === undefined) {
            await steps.run("stop", async (say) => {
              await context.interrupt.during(() => operator.stop(say));
              return { value: undefined, detail: "nothing runs" };
            });
          }
          if (purge) {
            await steps.run("purge", async () => {
              await context.interrupt.during(() => operator.purge());
              return { value: undefined, detail: "data deleted" };
            });
          }
          const document = { ...planDocument(name, plans, synthesized), purged: purge, steps: steps.reports };
          context.output.result(document, `${planText(plans)}\n${purge ? "data deleted" : "data stays"}`);
        });
        return undefined;
      }),
    );
};
