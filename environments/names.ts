/** Which files of the folder are environments, and what they may be called. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { EXIT, type Problem, UserError } from "../lib/core/errors";
import { hide } from "./secrets";
import { errno } from "./source";
import { nearest } from "./suggest";

/** Longest name: it is part of every resource's name, next to organisation and role. */
export const MAX_NAME = 20;
const MAX_FILES = 200;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Words of the folder and of the command line that would read as something else. */
const RESERVED = new Set(["base", "teams", "schema", "all", "none", "list", "help"]);

/** What is wrong with a name, or nothing. */
export function nameProblem(name: string): string | undefined {
  const got = hide(JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name));
  if (name.length > MAX_NAME) return `the name ${got} has ${name.length} characters, wanted at most ${MAX_NAME}`;
  if (RESERVED.has(name)) return `the name ${got} is reserved`;
  if (NAME.test(name)) return undefined;
  return `the name ${got} is not allowed, wanted lower-case letters, digits and single hyphens, beginning with a letter`;
}

/** What is in a folder of configuration. */
export interface Listing {
  /** Names that are good, sorted. */
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Lists a folder's YAML files. Hidden files, lock files (`*.lock.yaml`) and other endings are left alone.
 * @param kind what a file is, for messages
 * @param optional an absent folder is an empty one
 */
export function listNames(directory: string, kind: "environment" | "team", optional = false): Listing {
  let files: string[];
  try {
    files = readdirSync(directory).filter((file) => /^[^.].*(?<!\.lock)\.ya?ml$/i.test(file));
  } catch (error) {
    const code = errno(error);
    if (optional && code === "ENOENT") return { names: [], problems: [] };
    const fix = code === "ENOENT" ? "Name the folder by --environments DIR" : undefined;
    return {
      names: [],
      problems: [{ where: directory, message: `cannot be read as a folder of ${kind}s (${code})`, fix }],
    };
  }
  if (kind === "environment") files = files.filter((file) => file !== "base.yaml");
  if (files.length > MAX_FILES) {
    const message = `holds ${files.length} ${kind}s, wanted at most ${MAX_FILES}`;
    return { names: [], problems: [{ where: directory, message }] };
  }
  // Good names first: when two are alike, the other one is to blame.
  const good = (file: string) => (file.endsWith(".yaml") && !nameProblem(file.slice(0, -5)) ? 0 : 1);
  return judge(
    directory,
    files.sort().sort((a, b) => good(a) - good(b)),
    kind,
  );
}

function judge(directory: string, files: readonly string[], kind: string): Listing {
  const names: string[] = [];
  const problems: Problem[] = [];
  const first = new Map<string, string>();
  for (const file of files) {
    const name = file.replace(/\.ya?ml$/i, "");
    const where = join(directory, file);
    const alike = name.toLowerCase().replaceAll(".", "");
    const other = first.get(alike);
    if (other) {
      const message = `${kind} ${JSON.stringify(name)} differs only by case, dots or its ending from ${join(directory, other)}`;
      problems.push({ where, message, fix: "Remove or rename one of them" });
    } else first.set(alike, file);
    const wrong = nameProblem(name);
    if (wrong) problems.push({ where, message: `${kind}: ${wrong}`, fix: "Rename the file" });
    else if (!file.endsWith(".yaml"))
      problems.push({ where, message: "the ending is not .yaml", fix: `Rename it to ${name}.yaml` });
    else if (!other) names.push(name);
  }
  return { names, problems };
}

/**
 * Names of the environments of a folder, sorted.
 * @throws UserError with exit code 4 for names that are not allowed
 */
export function listEnvironments(directory: string): string[] {
  const { names, problems } = listNames(directory, "environment");
  if (problems.length > 0) throw new UserError(problems, EXIT.invalidConfig);
  return [...names];
}

/** Why there is no environment of this name, or nothing when there is one. */
export function absent(directory: string, name: string, names: readonly string[]): Problem | undefined {
  const wrong = nameProblem(name);
  if (wrong) return { where: directory, message: `environment: ${wrong}` };
  if (names.includes(name)) return undefined;
  const near = nearest(name, names);
  const known = names.length > 0 ? names.join(", ") : "none";
  return {
    where: join(directory, `${name}.yaml`),
    message: `no such file (ENOENT), known environments: ${known}`,
    fix: near ? `Did you mean ${near}?` : undefined,
  };
}

/** Names of the projects in `pipelines/projects` of the code root, sorted; what the loader takes as `projects`. */
export function listProjects(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name))
      .map((entry) => basename(entry.name))
      .sort();
  } catch {
    return [];
  }
}
