/** Where a setting comes from and what it means. */
import { EXIT, UserError } from "../lib/core/errors";
import { becomes } from "./becomes";
import { imagesTree } from "./images-lock";
import { type LoadProps, loadWithOrigins } from "./load";
import { hide } from "./secrets";
import { nearest } from "./suggest";
import { teamTree } from "./teams";
import { type Entry, find, pathText, toValue } from "./tree";
import { descriptionOf, keysOf, settingAt } from "./walk";

/** Where a value stands. */
export interface Origin {
  /** `file:line`; `default` for the schema's default; `derived` for what is made from other settings; `not set`. */
  readonly origin: string;
  readonly value: unknown;
}

/** All there is to say of one setting. */
export interface Explanation extends Origin {
  /** Path as it was understood. */
  readonly path: string;
  /** What the value replaced, the nearest first. */
  readonly overrides: readonly Origin[];
  readonly description?: string;
  /** Names of the settings below, when there are any. */
  readonly settings?: readonly string[];
  /** What the value becomes on this cloud. */
  readonly becomes?: string;
}

/** What is explained. */
export interface ExplainProps extends Pick<LoadProps, "directory" | "projects"> {
  /** Name of the environment. */
  readonly name: string;
  /** `serving.production.canary.steps`, `delivery.rules[0].branch`, `teams.search.quota`; empty for everything. */
  readonly path: string;
}

/**
 * Explains one setting of an environment.
 * @throws UserError with exit code 4 when the configuration is wrong, 1 when there is no such setting
 */
export function explain({ directory, name, projects, path: typed }: ExplainProps): Explanation {
  const { environment, tree, workspace } = loadWithOrigins({ directory, name, projects });
  const teams = Object.fromEntries(environment.teams.map((team) => [team.name, team]));
  const shown = { ...environment, teams };
  const path = split(typed, shown);
  const [first, team] = path;
  const file = first === "teams" && typeof team === "string" ? workspace.team(team) : undefined;
  const root = file ? teamTree(file, name) : first === "images" ? imagesTree(workspace.images(), name) : tree;
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], shown);
  const schema = settingAt(path);
  if (value === undefined && (!schema || (first === "teams" && !(String(team) in teams)))) {
    throw unknown(name, path, Object.keys(teams));
  }
  const below = root && origins(root, path.slice(file ? 2 : first === "images" ? 1 : 0));
  const settings = keysOf(schema);
  return {
    path: pathText(path),
    value,
    origin: below?.origin ?? (value === undefined ? "not set" : schema ? "default" : "derived"),
    overrides: below?.overrides ?? [],
    description: described(path),
    ...(settings.length > 0 && { settings }),
    becomes: becomes(environment, { path, value, written: below?.value }),
  };
}

/** An explanation in lines for a person. */
export function explanationLines({ value, origin, overrides, description, becomes, settings }: Explanation): string[] {
  const text = (what: unknown) => (typeof what === "string" ? what : (JSON.stringify(what, null, 2) ?? "not set"));
  return [
    text(value),
    ...(origin === "not set" ? [] : [`from ${origin}`]),
    ...overrides.map((override) => `overrides ${JSON.stringify(override.value)} from ${override.origin}`),
    ...(becomes ? [`becomes ${becomes}`] : []),
    ...(description ? [description] : []),
    ...(settings && value === undefined ? [`settings: ${settings.join(", ")}`] : []),
  ];
}

/** Where the value at a path stands in the files, or nothing for a default. */
function origins(root: Entry, path: readonly PropertyKey[]): (Origin & { overrides: Origin[] }) | undefined {
  const { entry, depth } = find(root, path);
  // A map that is there without the key: the key has its default. A scalar on the way was written in short form.
  if (depth < path.length && entry.content.kind !== "scalar") return undefined;
  const place = (at: Entry): Origin => ({ origin: at.source.line(at.at.start), value: toValue(at) });
  return { ...place(entry), overrides: entry.overrode.map(place) };
}

/** The description of a setting; what stands in a list or under a free name has that of the list or the names. */
function described(path: readonly PropertyKey[]): string | undefined {
  const schema = settingAt(path);
  const text = schema && descriptionOf(schema);
  const above = path.slice(0, -1);
  const parent = path.length > 1 ? settingAt(above) : undefined;
  return text || !parent || keysOf(parent).includes(String(path.at(-1))) ? text : described(above);
}

/** Keys of a typed path. A key may hold dots itself (`parameters.train.alpha`): the longest one that is there wins. */
function split(typed: string, at: unknown): PropertyKey[] {
  if (typed === "") return [];
  const keys = typeof at === "object" && at !== null ? Object.keys(at) : [];
  const fits = (key: string) =>
    typed === key || typed.startsWith(`${key}.`) || typed.startsWith(`${key}[`) || typed.startsWith(`[${key}]`);
  const key = keys.filter(fits).sort((a, b) => b.length - a.length)[0] ?? /^\[?([^.[\]]*)/.exec(typed)?.[1] ?? typed;
  const rest = typed.slice(typed.startsWith("[") ? key.length + 2 : key.length).replace(/^\./, "");
  const next = key === "" || rest === typed ? [] : split(rest, (at as Record<string, unknown> | undefined)?.[key]);
  return [Array.isArray(at) && /^\d+$/.test(key) ? Number(key) : key, ...next];
}

function unknown(name: string, path: readonly PropertyKey[], teams: readonly string[]): UserError {
  const good = path.findIndex((_, index) => !isKnown(path.slice(0, index + 1), teams));
  const parent = path.slice(0, Math.max(0, good));
  const known = parent.length === 1 && parent[0] === "teams" ? teams : keysOf(settingAt(parent));
  const near = nearest(String(path[parent.length]), known);
  const list = known.length > 0 ? `, wanted one of ${known.join(", ")}` : "";
  const fix = near && `Did you mean ${pathText([...parent, near])}?`;
  return new UserError({ where: name, message: `there is no setting ${hide(pathText(path))}${list}`, fix }, EXIT.error);
}

function isKnown(path: readonly PropertyKey[], teams: readonly string[]): boolean {
  if (path[0] !== "teams") return settingAt(path) !== undefined;
  return path.length === 1 || (teams.includes(String(path[1])) && settingAt(path) !== undefined);
}
