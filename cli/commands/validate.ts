import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { loadEnvironments } from "../estate";
import { table } from "../output";

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("[environment...]", "which; all when none is named")
    .addHelpText(
      "after",
      examples(
        ["mlops validate", "check every environment file"],
        ["mlops validate prod --json", "every problem with its place, for programs"],
      ),
    )
    .action(
      act(async (context, names) => {
        const environments = await loadEnvironments(context, names);
        const rows = environments.map(({ name, cloud, projects, teams }) => ({
          name,
          cloud,
          projects: projects.map((project) => project.name),
          teams: teams.map((team) => team.name),
        }));
        context.output.result(
          { valid: true, environments: rows },
          table(
            ["ENVIRONMENT", "CLOUD", "PROJECTS", "TEAMS"],
            rows.map((row) => [row.name, row.cloud, row.projects.join(", "), row.teams.join(", ")]),
          ),
        );
        return undefined;
      }),
    );
};
