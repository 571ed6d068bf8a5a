import path from "node:path";
import type { PartStatus } from "../../lib/contracts/operator";
import { EXIT } from "../../lib/core/errors";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { loadEnvironment, operatorOf } from "../estate";
import { currentHolder } from "../lock";
import { table } from "../output";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--check", "end with 1 when a part is not healthy")
    .addHelpText(
      "after",
      examples(
        ["mlops status local", "every part, its address, health, version and last restart"],
        ["mlops status local --json --check", "for monitoring"],
      ),
    )
    .action(
      act<{ check?: boolean }>(async (context, words, { check }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const operator = await operatorOf(context, environment);
        const parts = await operator.status();
        const healthy = parts.length > 0 && parts.every((part) => part.healthy);
        const writer = currentHolder(path.join(context.workspace, ".mlops", "locks", `${environment.name}.json`));
        context.output.result({ environment: environment.name, healthy, writer, parts }, statusText(parts));
        if (writer !== null)
          context.output.say(`\`${writer.command}\` (process ${writer.pid}) is at work since ${writer.since}`);
        return check && !healthy ? EXIT.error : EXIT.done;
      }),
    );
};

/** The table, and under it what a person should know of single parts. */
export function statusText(parts: readonly PartStatus[]): string {
  if (parts.length === 0) return "nothing is deployed";
  const rows = parts.map((part) => [
    part.part,
    part.layer,
    part.state,
    part.healthy ? "yes" : "no",
    part.version ?? "-",
    part.since === null ? "-" : part.since.replace(/\.\d+Z$/, "Z"),
    String(part.restarts),
    part.address ?? "-",
  ]);
  const notes = parts.flatMap(({ part, lastExit, detail }) =>
    [lastExit, detail].flatMap((note) => (note === null ? [] : [`${part}: ${note}`])),
  );
  const head = ["PART", "LAYER", "STATE", "HEALTHY", "VERSION", "SINCE", "RESTARTS", "ADDRESS"];
  return [table(head, rows), ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");
}
