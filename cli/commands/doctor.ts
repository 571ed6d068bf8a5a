import type { Check } from "../../lib/contracts/operator";
import { EXIT } from "../../lib/core/errors";
import { word } from "../arguments";
import { checksOf } from "../checks";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { definitionsFor, loadEnvironment } from "../estate";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .addHelpText(
      "after",
      examples(["mlops doctor local", "what a deployment needs, and what to do about what is missing"]),
    )
    .action(
      act(async (context, words) => {
        const environment = await loadEnvironment(context, word(words, 0));
        // What stands on this machine is asked about its definitions; a cloud is not, and needs no engine here.
        const definitions = environment.cloud === "local" ? await definitionsFor(context, environment) : [];
        const checks = await checksOf(context, environment, definitions);
        const lines = checks.map(checkLine);
        const good = checks.every(({ ok }) => ok);
        context.output.result({ environment: environment.name, ok: good, checks }, lines.join("\n"));
        return good ? EXIT.done : EXIT.error;
      }),
    );
};

function checkLine({ check, ok, warning, message, fix }: Check): string {
  const sign = ok ? (warning ? "warning " : "ok      ") : "problem ";
  return `${sign} ${check}: ${message}${fix === null ? "" : `. ${fix}`}`;
}
