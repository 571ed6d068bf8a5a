/** Reads environments: layers the files, checks everything, and says all that is wrong at once. */
import { EXIT, type Problem, UserError } from "../lib/core/errors";
import { checkAll, type Outline } from "./across";
import { check, type Sections, type Surroundings } from "./checks";
import { digestsFor, type Lock, lockOf } from "./images-lock";
import { problemsOf, reporter, wanted } from "./issues";
import { adapt } from "./limits";
import { absent } from "./names";
import { resolve } from "./resolve";
import { salvage } from "./salvage";
import { AnyEnvironmentFile, CLOUDS, type Environment, EnvironmentFile, type Substitution } from "./schema";
import { entraGroups, loadTeams, teamsIn } from "./teams";
import { childOf, type Entry, find, toValue } from "./tree";
import { Workspace } from "./workspace";

export { listEnvironments, listProjects } from "./names";

/** Where the files are, and what they are held against. */
export interface LoadProps {
  /** Folder of the YAML files, as it is to be shown in messages. */
  readonly directory: string;
  /** Names of the projects that exist (`listProjects`). @default - not checked */
  readonly projects?: readonly string[];
  /** Today, `2027-01-31`, to refuse waivers that have ended. @default - not checked, so that the result depends on files only */
  readonly today?: string;
  /** Texts by file that are read in the place of what lies there: to see what a change would mean. @default - none */
  readonly instead?: Readonly<Record<string, string>>;
}

/** An environment with where its values came from. */
export interface Loaded {
  readonly environment: Environment;
  readonly tree: Entry;
  readonly workspace: Workspace;
}

/**
 * One environment, complete and checked.
 * @throws UserError with exit code 4 that lists every problem of its files
 */
export function loadEnvironment(props: LoadProps & { readonly name: string }): Environment {
  return loadWithOrigins(props).environment;
}

/** One environment with where its values came from. */
export function loadWithOrigins({ name, ...props }: LoadProps & { readonly name: string }): Loaded {
  const workspace = new Workspace(props.directory, props.instead);
  const missing = absent(props.directory, name, workspace.environments);
  // A misnamed file elsewhere in the folder is no reason to refuse this environment; `loadAll` reports it.
  if (missing)
    throw invalid(workspace.environments.length > 0 || !workspace.misnamed[0] ? [missing] : workspace.misnamed);
  const loader = new Loader(workspace, props);
  const outline = loader.outline(name);
  if (!outline || loader.problems.length > 0) throw invalid(loader.problems);
  return { environment: loader.complete(outline), tree: outline.tree, workspace };
}

/**
 * Environments of the folder, sorted by name, held against one another.
 * @param props.names which. @default - all
 * @throws UserError with exit code 4 that lists every problem of their files
 */
export function loadAll({ names, ...props }: LoadProps & { readonly names?: readonly string[] }): Environment[] {
  const workspace = new Workspace(props.directory, props.instead);
  const { environments, misnamed } = workspace;
  if (environments.length === 0 && misnamed.length > 0) throw invalid(misnamed);
  const loader = new Loader(workspace, props);
  const outlines = environments
    .filter((name) => names?.includes(name) ?? true)
    .flatMap((name) => loader.outline(name) ?? []);
  const missing = names ? names.flatMap((name) => absent(props.directory, name, environments) ?? []) : misnamed;
  const problems = [...missing, ...loader.problems, ...checkAll(outlines)];
  if (problems.length === 0 && outlines.length === 0) {
    problems.push({ where: props.directory, message: "holds no environment", fix: "Add a file such as local.yaml" });
  }
  if (problems.length > 0) throw invalid(problems);
  return outlines.map((outline) => loader.complete(outline));
}

function invalid(problems: readonly Problem[]): UserError {
  // Environments share base.yaml and the teams' files: what is wrong there is said once.
  const once = new Map(problems.map((problem) => [`${problem.where} ${problem.message}`, problem]));
  const order = (a: Problem, b: Problem) => (a.where ?? "").localeCompare(b.where ?? "", "en", { numeric: true });
  return new UserError([...once.values()].sort(order), EXIT.invalidConfig);
}

/** An outline that may become an environment. */
interface Read extends Outline {
  readonly substitutions: readonly Substitution[];
}

class Loader {
  private readonly found: Problem[] = [];
  private readonly around: Surroundings;
  private readonly teams: ReadonlyMap<string, Entry>;
  private readonly lock: Lock;

  constructor(
    private readonly workspace: Workspace,
    { projects, today }: LoadProps,
  ) {
    this.around = { environments: workspace.environments, teams: workspace.teams, projects, today };
    this.teams = loadTeams(workspace, this.around, this.found);
    this.lock = lockOf(workspace, this.found);
    const base = workspace.base();
    const misplaced = base && childOf(base, "cloud");
    if (misplaced) {
      const message = "cloud: got it in base.yaml, wanted it in each environment's file";
      this.found.push(misplaced.source.problem(misplaced.key ?? misplaced.at, message, "Move the line"));
    }
  }

  get problems(): readonly Problem[] {
    return [...this.workspace.problems, ...this.found];
  }

  /** What an environment's files say as far as it is right; `problems` says what is not. Nothing when a file has no tree. */
  outline(name: string): Read | undefined {
    const tree = this.workspace.merged(name);
    const own = this.workspace.own(name);
    if (!tree || !own) return undefined;
    const report = reporter(tree, this.found);
    const says = (path: readonly string[]) => find(own, path).depth === path.length;
    const file = this.sections(tree);
    const { file: sections, substitutions, refusals } = file.cloud ? adapt(file, file.cloud, says) : unadapted(file);
    for (const { path, message, fix } of refusals) report(path, message, fix);
    check(sections, this.around, report);
    entraGroups(this.workspace, this.teams, { name, sections }, this.found);
    return { name, sections, tree, substitutions };
  }

  /** The environment of an outline. To be called when there are no problems: then its sections are the whole file. */
  complete({ name, sections, substitutions }: Read): Environment {
    const teams = teamsIn(this.workspace, this.teams, name);
    return resolve(name, sections as EnvironmentFile, { teams, substitutions, images: digestsFor(this.lock, name) });
  }

  private sections(tree: Entry): Sections {
    const value = toValue(tree) as Record<string, unknown>;
    const schema = CLOUDS.some((cloud) => cloud === value.cloud) ? EnvironmentFile : AnyEnvironmentFile;
    const whole = schema.safeParse(value, { error: wanted });
    if (whole.success) return whole.data;
    this.found.push(...problemsOf(whole.error, { tree, schema: AnyEnvironmentFile }));
    return salvage(AnyEnvironmentFile, value) ?? {};
  }
}

function unadapted(file: Sections): ReturnType<typeof adapt> {
  return { file, substitutions: [], refusals: [] };
}
