import { EXIT } from "../../lib/core/errors";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { definitionsFor, loadEnvironment, operatorOf } from "../estate";

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
        const operator = await operatorOf(context, environment, await definitionsFor(context, environment));
        const checks = await operator.doctor();
        const lines = checks.map(({ check, ok, message, fix }) =>
          ok ? `ok       ${check}: ${message}` : `problem  ${check}: ${message}${fix === null ? "" : `. ${fix}`}`,
        );
        const good = checks.every(({ ok }) => ok);
        context.output.result({ environment: environment.name, ok: good, checks }, lines.join("\n"));
        return good ? EXIT.done : EXIT.error;
      }),
    );
};
