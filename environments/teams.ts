/** The teams' files: what a team is, and what differs by environment. */
import type { z } from "zod";
import type { Problem } from "../lib/core/errors";
import { reportUnknownProject, type Sections, type Surroundings } from "./checks";
import { problemsOf, reporter, wanted } from "./issues";
import { type Team, TeamFile, TeamInEnvironment } from "./schema";
import { nearest } from "./suggest";
import { childOf, type Entry, layer, toValue, without } from "./tree";
import type { Workspace } from "./workspace";

/** A team's tree in one environment: its file without `environments`, with what differs there laid over it. */
export function teamTree(file: Entry, environment: string): Entry | undefined {
  const shared = without(file, "environments");
  const environments = childOf(file, "environments");
  if (!environments) return shared;
  const here = childOf(environments, environment);
  return here && layer(shared, here);
}

/** Every team's file that is right in itself. What is wrong is added to `problems`. */
export function loadTeams(workspace: Workspace, around: Surroundings, problems: Problem[]): Map<string, Entry> {
  const good = new Map<string, Entry>();
  const owners = new Map<string, string>();
  for (const name of workspace.teams) {
    const tree = workspace.team(name);
    if (!tree) continue;
    const before = problems.length;
    const file = TeamFile.safeParse(toValue(tree), { error: wanted });
    if (file.success) {
      relate(file.data, name, tree, around, owners, problems);
      if (problems.length === before) good.set(name, tree);
    } else problems.push(...problemsOf(file.error, { tree, schema: TeamFile, alone: true }));
  }
  return good;
}

/** Holds a team against its file's name, the environments, the projects and the other teams. */
function relate(
  team: z.output<typeof TeamFile>,
  name: string,
  tree: Entry,
  around: Surroundings,
  owners: Map<string, string>,
  problems: Problem[],
): void {
  const report = reporter(tree, problems);
  if (team.name !== name) report(["name"], `got ${JSON.stringify(team.name)}, wanted the file's name, ${name}`);
  for (const environment of Object.keys(team.environments ?? {})) {
    if (around.environments.includes(environment)) continue;
    const near = nearest(environment, around.environments);
    report(
      ["environments", environment],
      `there is no such environment (there: ${around.environments.join(", ")})`,
      near && `Did you mean ${near}?`,
    );
  }
  for (const [index, project] of team.projects.entries()) {
    reportUnknownProject(project, ["projects", index], around, report);
    const owner = owners.get(project);
    if (owner) report(["projects", index], `${project} belongs to team ${owner} already`);
    owners.set(project, owner ?? name);
  }
}

/** Azure knows a team's group by its object id only. */
export function entraGroups(
  workspace: Workspace,
  teams: ReadonlyMap<string, Entry>,
  environment: { readonly name: string; readonly sections: Sections },
  problems: Problem[],
): void {
  const { cloud, teamLimits } = environment.sections;
  if (cloud !== "azure") return;
  for (const { name, group, entraGroup } of teamsIn(workspace, teams, environment.name)) {
    const file = workspace.team(name);
    if (!file || entraGroup !== undefined || !(teamLimits?.only?.includes(name) ?? true)) continue;
    const message = `missing, wanted the object id of ${group} in Entra: the team is in ${environment.name}, which is on Azure`;
    const fix = `az ad group list --filter "mail eq '${group}'" --query [].id says it`;
    reporter(file, problems)(["entraGroup"], message, fix);
  }
}

/** The teams of one environment, by name. */
export function teamsIn(workspace: Workspace, teams: ReadonlyMap<string, Entry>, environment: string): Team[] {
  return workspace.teams.flatMap((name) => {
    const file = teams.get(name);
    const tree = file && teamTree(file, environment);
    if (!tree) return [];
    const { version: _, ...team } = TeamInEnvironment.parse(toValue(tree));
    return [team];
  });
}
