import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { asOnlyWriter, loadEnvironment, operatorOf, type WriteOptions } from "../estate";
import { Steps } from "../progress";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--dry-run", "only say what would be saved")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText("after", examples(["mlops backup local", "prints where the backup lies"]))
    .action(
      act<WriteOptions>(async (context, words, { dryRun, wait }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const { name } = environment;
        if (dryRun) {
          context.output.result({ environment: name, wouldSave: "database" }, "would save the metadata database");
          return undefined;
        }
        await asOnlyWriter(context, { name, command: "backup", wait }, async () => {
          const operator = await operatorOf(context, environment);
          const saved = await new Steps(context.output).run("backup", async (say) => {
            const value = await context.interrupt.during(() => operator.backup(say));
            return { value, detail: `${(value.bytes / 2 ** 20).toFixed(1)} MiB` };
          });
          context.output.result({ environment: name, ...saved }, saved.path);
        });
        return undefined;
      }),
    );
};
