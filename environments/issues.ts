/** What zod found, in the words and at the place of the file. */
import type { z } from "zod";
import type { Problem } from "../lib/core/errors";
import type { Report } from "./checks";
import { CLOUDS } from "./schema";
import { hide } from "./secrets";
import { nearest } from "./suggest";
import { childOf, type Entry, find, pathText, toValue } from "./tree";
import { bare, keysOf, pathsEndingIn, schemaAt, stepInto } from "./walk";

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map of settings",
  record: "a map",
  array: "a list",
};

/** Says what is wanted; given to zod so that each issue's message is the phrase after "wanted". */
export function wanted(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[String(issue.expected)] ?? String(issue.expected);
    case "invalid_value":
      return issue.values?.length === 1 ? String(issue.values[0]) : `one of ${issue.values?.join(", ")}`;
    case "invalid_union":
      return Array.isArray(issue.options) ? `one of ${issue.options.join(", ")}` : (issue.message ?? "something else");
    default:
      return issue.message ?? "something else";
  }
}

/** Where issues lie: the tree that was checked and its schema. */
export interface Checked {
  readonly tree: Entry;
  readonly schema: Schema;
  /** One file, not several laid over one another: what is missing can stand nowhere else. @default false */
  readonly alone?: boolean;
}

/** All problems of a failed check. */
export function problemsOf(error: z.core.$ZodError, checked: Checked): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, [], checked));
}

function problemsOfIssue(issue: Issue, above: readonly PropertyKey[], checked: Checked): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") return issue.keys.flatMap((key) => unknownKey(path, key, checked));
  if (issue.code === "invalid_key") return issue.issues.map((inner) => badKey(path, inner.message, checked));
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    // The member that the value was meant for: the one that does not fail at its very root.
    const meant = issue.errors.filter((errors) =>
      errors.every((error) => error.path.length > 0 || !["invalid_type", "invalid_union"].includes(error.code)),
    );
    if (meant.length === 1) return (meant[0] ?? []).flatMap((inner) => problemsOfIssue(inner, path, checked));
  }
  return badValue(path, issue.message, checked);
}

function unknownKey(path: PropertyKey[], key: string, { tree, schema }: Checked): Problem[] {
  const parent = find(tree, path);
  const entry = childOf(parent.entry, key);
  // A map that zod saw but no file holds is a default: it has no unknown keys.
  if (!entry) return [];
  const known = keysOf(schemaAt(schema, path));
  const full = pathText([...path, key]);
  const problem = (message: string, fix?: string) => [
    entry.source.problem(entry.key ?? entry.at, hide(`${full}: ${message}`), fix),
  ];
  const list = known.length > 0 && known.length <= 16 ? `, wanted one of ${known.join(", ")}` : "";
  if (path[0] === "clouds" && path.length === 2) {
    const owner = CLOUDS.find(
      (cloud) => cloud !== path[1] && stepInto(schemaAt(schema, ["clouds", cloud]) ?? schema, key),
    );
    if (owner)
      return problem(
        `${key} is a setting of clouds.${owner}, not of clouds.${String(path[1])}${list}`,
        `Move it to clouds.${owner}`,
      );
  }
  if (key === "existing" && (path[0] === "network" || path[0] === "kubernetes")) {
    const name = path[0] === "network" ? "network" : "cluster";
    return problem(
      "unknown key; what exists is particular to a cloud",
      `Write clouds.gcp.existing.${name} or clouds.azure.existing.${name}`,
    );
  }
  const near = nearest(key, known);
  if (near) return problem(`unknown key${list}`, `Did you mean ${near}?`);
  const elsewhere = pathsEndingIn(key, schema);
  return problem(
    `unknown key${list}`,
    elsewhere.length > 0 ? `Did you mean ${elsewhere.slice(0, 3).join(" or ")}?` : undefined,
  );
}

function badKey(path: PropertyKey[], message: string, { tree }: Checked): Problem {
  const { entry } = find(tree, path);
  const got = JSON.stringify(String(path.at(-1)));
  return entry.source.problem(entry.key ?? entry.at, hide(`${pathText(path)}: got the name ${got}, wanted ${message}`));
}

function badValue(path: PropertyKey[], message: string, checked: Checked): Problem[] {
  const { tree, schema } = checked;
  const { entry, depth } = find(tree, path);
  if (depth < path.length) return [missing(path, message, entry, depth, checked)];
  if (entry.refused) return [];
  const full = pathText(path);
  const { fix, got } = describe(entry, message, schemaAt(schema, path));
  return [entry.source.problem(entry.at, `${full}${full ? ": " : ""}got ${got}, wanted ${message}`, fix)];
}

function missing(
  path: PropertyKey[],
  message: string,
  entry: Entry,
  depth: number,
  { tree, schema, alone = false }: Checked,
): Problem {
  const cloud = childOf(tree, "cloud");
  if (cloud && path[0] === "clouds" && path.length <= 2) {
    const name = String(toValue(cloud));
    const settings = keysOf(schemaAt(schema, ["clouds", name])).join(", ");
    return cloud.source.problem(
      cloud.at,
      `clouds.${name}: missing, wanted the section of the chosen cloud (${settings})`,
      "Add it here or in base.yaml",
    );
  }
  const place = depth > 0 ? (entry.key ?? entry.at) : { start: 0, end: 0 };
  const fix = `Add ${pathText(path.slice(depth))} here${alone || depth > 0 || path[0] === "cloud" ? "" : " or in base.yaml"}`;
  return entry.source.problem(place, `${pathText(path)}: missing, wanted ${message}`, fix);
}

/** What stands there, and what to do when a usual slip explains it. */
function describe(entry: Entry, message: string, schema: Schema | undefined): { got: string; fix?: string } {
  const { content } = entry;
  if (content.kind === "map") return { got: "a map" };
  if (content.kind === "list") return { got: listed(content.items) };
  const { value } = content;
  if (value === null) return { got: "nothing", fix: "Give a value or remove the key" };
  if (typeof value !== "string") {
    const written = entry.source.text.slice(entry.at.start, entry.at.end);
    const textual = schema && "def" in schema && bare(schema)._zod.def.type === "string";
    return { got: hide(written.slice(0, 60)), fix: textual ? `Put it in quotes: "${written}"` : undefined };
  }
  const shown = hide(JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value));
  if (/true or false/.test(message) && /^(y|yes|on|n|no|off|true|false)$/i.test(value)) {
    return { got: shown, fix: `Write ${/^(y|yes|on|true)$/i.test(value) ? "true" : "false"}, without quotes` };
  }
  if (/\bnumber\b/.test(message) && value.trim() !== "" && Number.isFinite(Number(value))) {
    return { got: `${shown}, which is text because of its quotes`, fix: "Remove the quotes" };
  }
  const options = /^one of (.+)$/.exec(message)?.[1]?.split(", ") ?? [];
  const near = nearest(value, options);
  return { got: shown, fix: near ? `Did you mean ${near}?` : undefined };
}

/** A short list as it stands; a long one, or one that holds more than plain values, by its kind. */
function listed(items: readonly Entry[]): string {
  const plain = items.every(({ content, refused }) => content.kind === "scalar" && !refused);
  const text = `[${items.map((item) => JSON.stringify(toValue(item))).join(", ")}]`;
  return plain && text.length <= 60 ? hide(text) : "a list";
}

/** Puts what a rule found at its place in the files. */
export function reporter(tree: Entry, problems: Problem[]): Report {
  return (path, message, fix) => {
    const { entry, depth } = find(tree, path);
    const place = depth === path.length ? entry.at : depth > 0 ? (entry.key ?? entry.at) : { start: 0, end: 0 };
    problems.push(entry.source.problem(place, `${pathText(path)}: ${message}`, fix));
  };
}
