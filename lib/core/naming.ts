/**
 * Names, computed from plain strings so that no layer has to read another one's state for them. Does not load the engine.
 *
 * Equal parts give equal names, and different parts give different ones: where joining the parts is ambiguous, does not
 * fit or must be unique beyond the project, a digest over all parts is appended.
 */
import { UserError } from "./errors";
import { shortHash } from "./hash";
import { NAME_RULES, type NameKind, type NameRule } from "./name-rules";

/** What a name is made of: lower-case letters, digits and single dashes. */
export interface NameParts {
  readonly organisation: string;
  readonly environment: string;
  /** What it is for: `datasets`, `tracking`. */
  readonly role: string;
  /**
   * Goes into the digest only: a project's or subscription's id for global names, or a word that frees a name which a
   * deleted resource still holds. @default - none
   */
  readonly salt?: string;
}

const PART = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Tokens of the engine, also after string methods went over them, and Terraform templates. */
const TOKEN = /[$%]\{|tftoken|e\+2\d\d/i;
const HASH_LENGTH = 8;
/** How a digest ends a name; a role that looks like one gets a digest of its own, so that the two stay apart. */
const HASH_LIKE = { separated: /(?:^|[-_])[0-9][0-9a-z]{7}$/, joined: /[0-9][0-9a-z]{7}$/ };

/**
 * The name of a resource.
 * @param where construct path or file, for the error
 */
export function nameFor(kind: NameKind, parts: NameParts, where?: string): string {
  const rule: NameRule = NAME_RULES[kind];
  const problems = Object.entries(parts).flatMap(([part, value]) => problemsOf(part, value));
  if (problems.length > 0) throw new UserError(problems.map((message) => ({ where, message: `${kind}: ${message}` })));
  const name = build(rule, parts);
  const wrong = nameProblems(kind, name);
  if (wrong.length > 0) {
    throw new UserError({
      where,
      message: `${kind}: the name ${name} made from ${describe(parts)} ${wrong.join(" and ")} (${rule.source})`,
      fix: "Choose another organisation, environment or role",
    });
  }
  return name;
}

/** What is wrong with a name that was chosen by hand; empty when the cloud takes it. */
export function nameProblems(kind: NameKind, name: string): string[] {
  const rule: NameRule = NAME_RULES[kind];
  const problems: string[] = [];
  if (name.length < rule.min) problems.push(`has ${name.length} characters, at least ${rule.min} are wanted`);
  if (name.length > rule.max) problems.push(`has ${name.length} characters, at most ${rule.max} are allowed`);
  const first = rule.start === "letter" ? "[a-z]" : "[a-z0-9]";
  const between = rule.separator === "" ? "[a-z0-9]*" : `(?:${rule.separator}?[a-z0-9])*`;
  if (!new RegExp(`^${first}${between}$`).test(name)) {
    const separator = rule.separator === "" ? "" : ` and single '${rule.separator}' between them`;
    problems.push(`must be lower-case letters, digits${separator}, beginning with a ${rule.start} character`);
  }
  for (const prefix of rule.reservedPrefixes ?? []) {
    if (name.startsWith(prefix)) problems.push(`begins with the reserved ${prefix}`);
  }
  const end = rule.reservedEnd?.exec(name)?.[0];
  if (end !== undefined) problems.push(`ends with the reserved ${end}`);
  for (const word of rule.reservedWords ?? []) {
    if (name.includes(word)) problems.push(`contains the reserved ${word}`);
  }
  return problems;
}

function problemsOf(part: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  if (TOKEN.test(value)) {
    return [`${part} is a value known only when deployed; a name is built from plain strings`];
  }
  if (part !== "salt" && !PART.test(value)) {
    return [
      `${part} is ${JSON.stringify(value)}, wanted are lower-case letters, digits and single dashes between them`,
    ];
  }
  return [];
}

function build(rule: NameRule, { organisation, environment, role, salt }: NameParts): string {
  const parts = rule.unique === "parent" ? [role] : [organisation, environment, role];
  const joined = parts.join("-").split("-").join(rule.separator);
  const startsRight = rule.start === "alphanumeric" || /^[a-z]/.test(joined);
  const plain = startsRight ? joined : `n${joined}`;
  const fits = plain.length >= rule.min && plain.length <= rule.max;
  // Read back from the left, a name has two readings when a part before the last has a dash, or when none separates.
  const ambiguous =
    rule.separator === ""
      ? parts.length > 1 || role.includes("-") || HASH_LIKE.joined.test(joined)
      : parts.slice(0, -1).some((part) => part.includes("-")) || HASH_LIKE.separated.test(joined);
  const endsRight = !rule.reservedEnd?.test(plain);
  const plainWillDo = rule.unique !== "global" && salt === undefined && fits && startsRight && endsRight && !ambiguous;
  if (plainWillDo) return plain;
  const hash = digestOf(rule, [...parts, salt ?? null]);
  const room = rule.max - HASH_LENGTH - rule.separator.length;
  const head = plain.slice(0, room).replace(/[-_]+$/, "");
  return `${head}${rule.separator}${hash}`;
}

/** A digest that the name may end with: one of digits only is no end for some. */
function digestOf(rule: NameRule, words: readonly (string | null)[]): string {
  const hash = shortHash(JSON.stringify(words), HASH_LENGTH);
  return rule.reservedEnd?.test(`${rule.separator}${hash}`) ? digestOf(rule, [...words, "again"]) : hash;
}

function describe({ organisation, environment, role }: NameParts): string {
  return `organisation ${organisation}, environment ${environment}, role ${role}`;
}
