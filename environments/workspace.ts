/** A folder of configuration: its files, each read once, and the trees that layering makes of them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../lib/core/errors";
import { IMAGES_LOCK } from "../lib/core/images";
import { listNames } from "./names";
import { parse } from "./read";
import { readSource, Source } from "./source";
import { type Entry, layer } from "./tree";

/** The files of one folder. */
export class Workspace {
  readonly environments: readonly string[];
  readonly teams: readonly string[];
  /** Files of environments and teams with names that are not allowed. */
  readonly misnamed: readonly Problem[];
  private readonly trees = new Map<string, Entry | undefined>();
  private readonly faults: Problem[] = [];

  /**
   * @param directory as people see it; messages begin with it
   * @param instead texts by file that are read in the place of what lies there. @default - none
   */
  constructor(
    readonly directory: string,
    private readonly instead: Readonly<Record<string, string>> = {},
  ) {
    const environments = listNames(directory, "environment");
    const teams =
      environments.names.length + environments.problems.length > 0
        ? listNames(join(directory, "teams"), "team", true)
        : environments;
    this.environments = environments.names;
    this.teams = teams === environments ? [] : teams.names;
    this.misnamed = teams === environments ? environments.problems : [...environments.problems, ...teams.problems];
  }

  /** Problems of the files that were read so far. */
  get problems(): readonly Problem[] {
    return this.faults;
  }

  base(): Entry | undefined {
    return this.file("base.yaml");
  }

  /** The environment's own file. */
  own(name: string): Entry | undefined {
    return this.file(`${name}.yaml`);
  }

  /** The environment's file laid over base.yaml; nothing when one of them has no tree. */
  merged(name: string): Entry | undefined {
    const base = this.base();
    const own = this.own(name);
    return base && own && layer(base, own);
  }

  /** Digests of the estate's own images; nothing where none was recorded yet. */
  images(): Entry | undefined {
    return existsSync(join(this.directory, IMAGES_LOCK)) ? this.file(IMAGES_LOCK) : undefined;
  }

  team(name: string): Entry | undefined {
    return this.file(join("teams", `${name}.yaml`));
  }

  private file(path: string): Entry | undefined {
    if (!this.trees.has(path)) this.trees.set(path, this.read(join(this.directory, path)));
    return this.trees.get(path);
  }

  private read(path: string): Entry | undefined {
    const text = this.instead[path];
    const source = text === undefined ? readSource(path, path) : new Source(path, text);
    if (!(source instanceof Source)) {
      const fix = path.endsWith("base.yaml")
        ? "Add it: it holds what environments share (version, organisation, owner)"
        : undefined;
      this.faults.push({ fix, ...source });
      return undefined;
    }
    const { tree, problems } = parse(source);
    this.faults.push(...problems);
    return tree;
  }
}
