import fs from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/core/errors";
import { word } from "../arguments";
import { confirm } from "../ask";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { asOnlyWriter, loadEnvironment, needVerbs, operatorOf, type WriteOptions } from "../estate";
import { Steps } from "../progress";

interface Options extends WriteOptions {
  readonly yes?: boolean;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .argument("<backup>", "what `mlops backup` printed")
    .option("--yes", "do not ask for the environment's name")
    .option("--dry-run", "only say what would be put back")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(["mlops restore local .mlops/local/backups/…", "the database becomes what it was then"]),
    )
    .action(
      act<Options>(async (context, words, { yes, dryRun, wait }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const { name } = environment;
        const operator = await operatorOf(context, environment);
        needVerbs(operator, environment, "restore");
        const backup = path.resolve(word(words, 1));
        if (!fs.existsSync(backup)) {
          throw new UserError({
            where: backup,
            message: "there is no such backup",
            fix: "Give the path that mlops backup printed",
          });
        }
        if (dryRun) {
          context.output.result({ environment: name, wouldRestore: backup }, `would put back ${backup}`);
          return undefined;
        }
        const question = `This replaces the metadata database of ${name} by ${backup}.`;
        if (!yes) await confirm(context, question, name, "--yes");
        await asOnlyWriter(context, { name, command: "restore", wait }, async () => {
          const steps = new Steps(context.output);
          await steps.run("restore", async (say) => {
            await context.interrupt.during(() => operator.restore(backup, say));
            return { value: undefined, detail: "database put back" };
          });
          context.output.result({ environment: name, restored: backup, steps: steps.reports }, `restored ${backup}`);
        });
        return undefined;
      }),
    );
};
