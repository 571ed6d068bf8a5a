import path from "node:path";
import { word } from "../arguments";
import { confirm } from "../ask";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { planDocument, planText, runLayers } from "../deployment";
import {
  asOnlyWriter,
  loadEnvironment,
  needVerbs,
  operatorOf,
  synthesize,
  type WriteOptions,
  withScratch,
} from "../estate";
import { refuseGuarded } from "../plan-gate";
import { Steps } from "../progress";
import { planDestruction, rehearse, SCRATCH } from "../rehearsal";

interface Options extends WriteOptions {
  readonly layer?: readonly string[];
  readonly yes?: boolean;
  readonly purge?: boolean;
  readonly approve?: readonly string[];
}

const DATA_GOES = "data goes with the buckets and databases that hold it";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--layer <layer...>", "only these layers")
    .option("--yes", "do not ask for the environment's name")
    .option("--purge", "delete its data too: databases, buckets, models, logs")
    .option("--approve <address...>", "with --layer: let these resources with data or keys go")
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
      act<Options>(
        async (context, words, { layer: layers, yes, purge = false, approve: losses = [], dryRun, wait }) => {
          const environment = await loadEnvironment(context, word(words, 0));
          const { name } = environment;
          if (purge && layers !== undefined)
            command.error("error: --purge removes all data and cannot go with --layer");
          const operator = await operatorOf(context, environment);
          const local = operator.unavailable?.purge === undefined;
          if (purge) needVerbs(operator, environment, "purge");
          if (dryRun) {
            const { document, text } = await rehearse({ context, environment, layers, destroy: true });
            const data = purge ? "all data of the environment would be deleted" : local ? "data would stay" : DATA_GOES;
            context.output.result({ ...document, purge }, `${text}\n${data}`);
            return undefined;
          }
          const all = "All its data is deleted: databases, buckets, models, logs.";
          const lost = purge ? all : local ? "Its data stays." : `What holds its data goes with it. ${all}`;
          const what = layers === undefined ? `environment ${name}` : `layers ${layers.join(", ")} of ${name}`;
          if (!yes) await confirm(context, `This removes ${what}. ${lost}`, name, "--yes");
          await asOnlyWriter(context, { name, command: "destroy", wait }, async () => {
            const synthesized = await synthesize(context, environment);
            const steps = new Steps(context.output);
            if (!local) {
              // Looked at as a whole: half an environment is not destroyed because the other half is guarded.
              const prefix = path.join(context.workspace, SCRATCH);
              await withScratch(context, environment, { prefix }, async (looked) => {
                refuseGuarded(await planDestruction({ context, steps, synthesized: looked, layers }), name);
              });
            }
            const plans = await runLayers({
              context,
              steps,
              synthesized,
              layers,
              destroy: true,
              approve: async () => {},
              // Who typed the name of the whole environment, or said --yes to it, has named all that it holds.
              losses: layers === undefined ? "all" : losses,
            });
            if (layers === undefined && operator.unavailable?.stop === undefined) {
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
            const end = purge ? "data deleted" : local ? "data stays" : "what stood in the cloud is gone";
            context.output.result(document, `${planText(plans)}\n${end}`);
          });
          return undefined;
        },
      ),
    );
};
