import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { loadProps } from "../estate";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .argument("[path]", "dotted path of a setting; everything when it is left out", "")
    .addHelpText(
      "after",
      examples(
        ["mlops explain local serving.production.canary.steps", "the value, the line it comes from, what it overrode"],
        ["mlops explain prod metadata", "a whole section"],
      ),
    )
    .action(
      act(async (context, words) => {
        const { explain, explanationLines } = await import("../../environments/explain");
        const { listProjects } = await import("../../environments/load");
        const name = word(words, 0);
        const found = explain({ ...loadProps(context, listProjects), name, path: words[1] ?? "" });
        context.output.result({ environment: name, ...found }, explanationLines(found).join("\n"));
        return undefined;
      }),
    );
};
