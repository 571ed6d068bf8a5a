/**
 * The mutation run: synthesizes production environments with every part of a cloud, takes each hardened value away, makes each
 * wrong, and looks whether a rule notices.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import type { Layer } from "../../lib/contracts/layers";
import {
  asMap,
  blocks,
  breaches,
  covered,
  type HardeningContext,
  type HardeningRule,
  mutants,
  places,
  type Resource,
  replaced,
  type StackRule,
  valueAt,
} from "../../lib/core/hardening";
import type { StackJson } from "../../lib/core/protected";
import { synthesize } from "../../stacks/synth";

/** An attribute that no rule asks for, at least not everywhere. */
export interface Exception {
  readonly reason: string;
  /** Addresses whose loss no rule minds. @default - no resource has the attribute, so that it is never taken away */
  readonly resources?: RegExp;
}

/** A cloud's rules, and what they are held against. */
export interface MutationCloud {
  readonly rules: readonly HardeningRule[];
  readonly stackRules: readonly StackRule[];
  /**
   * Attributes by type that benchmarks and the provider's documentation ask for; `name(entry)` is an entry of a list.
   * `provider.NAME` stands for what stacks tell a provider.
   */
  readonly table: Readonly<Record<string, readonly string[]>>;
  readonly exceptions: Readonly<Record<string, Exception>>;
  /** The first is looked at as a whole. */
  readonly environments: () => readonly Environment[];
  /** The one layer that another environment is there for. */
  readonly also: (environment: string) => Layer;
}

/** What is recorded. */
export interface MutationResult {
  /** Values taken away or made wrong, one at a time. */
  readonly mutations: number;
  /** How many of them a rule refused. */
  readonly caught: number;
  /** How many none refuses, for the reasons in the table of exceptions. They are in neither of the numbers above. */
  readonly excused: number;
  /** Values of the hardening table by type: in how many resources each was taken away. */
  readonly takenAway: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Values made wrong, by rule: in how many ways and resources. */
  readonly madeWrong: Readonly<Record<string, number>>;
}

/** The result, and what is not to be recorded. */
export interface MutationRun {
  readonly result: MutationResult;
  /** Mutants that no rule refused and no exception excuses: `type.attribute of stack/address`. */
  readonly missed: readonly string[];
  /** Exceptions that excused one. */
  readonly excused: ReadonlySet<string>;
}

const CONTEXT: HardeningContext = { production: true, ownKeys: true };

/** Stacks by name; of the environments beside the first only the layer that they are there for. */
async function stacks({ environments, also }: MutationCloud): Promise<[string, StackJson][]> {
  const outdir = mkdtempSync(join(tmpdir(), "mlops-mutation-"));
  try {
    const all = environments();
    const [first] = all;
    const { stacks } = await synthesize(all, { outdir, assume: true, today: "2026-01-01" });
    return Object.values(stacks)
      .filter(({ environment, layer }) => environment === first?.name || layer === also(environment))
      .map(({ name, synthesizedStackPath }) => [
        name,
        JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as StackJson,
      ]);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Takes every value of the table away and makes every value of a rule wrong, one at a time. */
export async function mutationRun(cloud: MutationCloud): Promise<MutationRun> {
  const { rules, table, exceptions } = cloud;
  const tally = new Tally(exceptions);
  const rulesFor = byType(rules);
  const noticed = (stack: StackJson, address: string, mutant: Resource) =>
    isNoticed(cloud, rulesFor, { stack, address, mutant });
  for (const [name, stack] of await stacks(cloud)) {
    for (const [type, id, resource] of resourcesOf(stack)) {
      for (const attribute of table[type] ?? []) {
        for (const mutant of without(resource, attribute))
          tally.takenAway(type, attribute, `${name}/${type}.${id}`, noticed(stack, `${type}.${id}`, mutant));
      }
    }
    for (const [type, configuration] of providersOf(stack)) {
      for (const attribute of table[`provider.${type}`] ?? []) {
        for (const mutant of without(configuration, attribute)) {
          const other = { ...stack, provider: { ...stack.provider, [type]: [mutant] } };
          const refused = cloud.stackRules.some((rule) => rule.check(other).length > 0);
          tally.takenAway(`provider.${type}`, attribute, `${name}/provider.${type}`, refused);
        }
      }
    }
    for (const rule of rules) {
      for (const [address, resource] of covered(rule, stack, CONTEXT)) {
        for (const mutant of mutants(rule, resource, CONTEXT))
          tally.madeWrong(rule.id, `${name}/${address}`, noticed(stack, address, mutant));
      }
    }
  }
  return tally.run();
}

/** Counts as it goes. */
class Tally {
  private readonly away: Record<string, Record<string, number>> = {};
  private readonly wrong: Record<string, number> = {};
  private readonly missed: string[] = [];
  private readonly excused: string[] = [];
  private caught = 0;

  constructor(private readonly exceptions: MutationCloud["exceptions"]) {}

  takenAway(type: string, attribute: string, address: string, noticed: boolean): void {
    const key = `${type}.${attribute}`;
    if (!noticed && this.exceptions[key]?.resources?.test(address)) {
      this.excused.push(key);
      return;
    }
    const ofType = this.away[type] ?? {};
    this.away[type] = { ...ofType, [attribute]: (ofType[attribute] ?? 0) + 1 };
    this.note(noticed, `${key} of ${address}`);
  }

  madeWrong(rule: string, address: string, noticed: boolean): void {
    this.wrong[rule] = (this.wrong[rule] ?? 0) + 1;
    this.note(noticed, `${rule} of ${address}`);
  }

  run(): MutationRun {
    const { caught, missed, excused } = this;
    const result = {
      mutations: caught + missed.length,
      caught,
      excused: excused.length,
      takenAway: sorted(Object.fromEntries(Object.entries(this.away).map(([type, counts]) => [type, sorted(counts)]))),
      madeWrong: sorted(this.wrong),
    };
    return { result, missed, excused: new Set(excused) };
  }

  private note(noticed: boolean, what: string): void {
    if (noticed) this.caught += 1;
    else this.missed.push(what);
  }
}

/** Copies of a resource, each without the attribute at one of the places where it has it. */
function without(resource: Resource, attribute: string): Resource[] {
  const [, path = attribute, entry] = /^(.*)\((.*)\)$/.exec(attribute) ?? [];
  return places(resource, path).flatMap((place) => {
    const value = valueAt(resource, place);
    if (value === undefined) return [];
    if (entry === undefined) return [replaced(resource, place, undefined)];
    const list = Array.isArray(value) ? value : [];
    const rest = list.filter((each) => asMap(each).name !== entry);
    return rest.length < list.length ? [replaced(resource, place, rest)] : [];
  });
}

interface Changed {
  readonly stack: StackJson;
  readonly address: string;
  readonly mutant: Resource;
}

/** Whether any rule refuses a stack in which one resource is another. */
function isNoticed({ stackRules }: MutationCloud, rulesFor: RulesFor, { stack, address, mutant }: Changed): boolean {
  const [type = "", id = ""] = address.split(".");
  const alone: StackJson = { resource: { [type]: { [id]: mutant } } };
  if (rulesFor(type).some((rule) => breaches(rule, alone, CONTEXT).length > 0)) return true;
  const whole = { ...stack, resource: { ...stack.resource, [type]: { ...stack.resource?.[type], [id]: mutant } } };
  return stackRules.some((rule) => rule.check(whole).length > 0);
}

type RulesFor = (type: string) => readonly HardeningRule[];

/** The rules of a type, found once. */
function byType(rules: readonly HardeningRule[]): RulesFor {
  const known = new Map<string, readonly HardeningRule[]>();
  return (type) => {
    const found =
      known.get(type) ??
      rules.filter((rule) => (typeof rule.type === "string" ? rule.type === type : rule.type.test(type)));
    known.set(type, found);
    return found;
  };
}

function resourcesOf(stack: StackJson): [string, string, Resource][] {
  return Object.entries(stack.resource ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, body]): [string, string, Resource] => [type, id, asMap(body)]),
  );
}

function providersOf(stack: StackJson): [string, Resource][] {
  return Object.entries(stack.provider ?? {}).flatMap(([type, configurations]) =>
    blocks(configurations).map((configuration): [string, Resource] => [type, configuration]),
  );
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The text of the record. */
export function recorded(result: MutationResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** Runs a cloud's mutations and records the result in a file; the exit code says whether any was missed. */
export function record(cloud: MutationCloud, file: string): void {
  mutationRun(cloud).then(({ result, missed }) => {
    writeFileSync(file, recorded(result));
    process.stdout.write(
      `${result.caught} of ${result.mutations} caught\n${missed.map((each) => `missed: ${each}\n`).join("")}`,
    );
    process.exitCode = missed.length > 0 ? 1 : 0;
  });
}
