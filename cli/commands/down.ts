import path from "node:path";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { asOnlyWriter, loadEnvironment, needVerbs, operatorOf, type WriteOptions } from "../estate";
import { Steps } from "../progress";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--dry-run", "only say what would be stopped")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText("after", examples(["mlops down local", "stop every process; `mlops up local` starts them again"]))
    .action(
      act<WriteOptions>(async (context, words, { dryRun, wait }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const { name } = environment;
        const operator = await operatorOf(context, environment);
        needVerbs(operator, environment, "stop");
        if (dryRun) {
          // Folders and files are parts, too, but nothing of them can be stopped.
          const stoppable = (await operator.status()).filter(
            ({ address }) => address === null || !path.isAbsolute(address),
          );
          const parts = stoppable.filter(({ state }) => state === "running" || state === "starting");
          const running = parts.map(({ part }) => part);
          const text = running.length === 0 ? "nothing runs" : `would stop: ${running.join(", ")}`;
          context.output.result({ environment: name, wouldStop: running }, text);
          return undefined;
        }
        await asOnlyWriter(context, { name, command: "down", wait }, async () => {
          const steps = new Steps(context.output);
          await steps.run("stop", async (say) => {
            await context.interrupt.during(() => operator.stop(say));
            return { value: undefined, detail: "nothing runs" };
          });
          context.output.result({ environment: name, stopped: true, steps: steps.reports }, "");
        });
        return undefined;
      }),
    );
};
