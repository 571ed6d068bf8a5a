/** What changing an environment's cloud means, part by part, from both clouds' synthesized stacks. Writes nothing. */
import { becomes } from "../../environments/becomes";
import type { Environment, Substitution } from "../../environments/schema";
import type { OutputEntry, OutputKey } from "../../lib/contracts/outputs";
import { contractAt, contractOf, SWAP_CONTRACTS, type SwapContract } from "./contracts";
import { type Addresses, type DataMove, moveOf, type SwapCloud } from "./data";
import { type Step, stepsOf } from "./steps";

/** A resource of a stack: its layer, and where it stands in it. */
export interface SwapResource {
  readonly type: string;
  readonly layer: string;
  readonly path: string;
}

/** A month's cost of one side, USD; or why it is not known. */
export type SideCost =
  | { readonly idle: number; readonly busy: number; readonly pricedPercent: number }
  | { readonly unknown: string };

/** An environment on one of the two clouds. */
export interface Side {
  readonly cloud: SwapCloud;
  readonly environment: Environment;
  readonly outputs: Readonly<Record<string, OutputEntry>>;
  readonly resources: readonly SwapResource[];
  /** Number of stacks, each with a state of its own. */
  readonly states: number;
  /** Where Terraform keeps them. */
  readonly stateAt: string;
  readonly cost: SideCost;
}

/** Something of the configuration that works on one cloud only. */
export interface NonPortable {
  readonly path: string;
  /** `file:line` */
  readonly where: string;
  readonly value: unknown;
  /** What becomes of it. */
  readonly because: string;
}

/** One thing that is not the same on both sides. */
export interface Difference {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/** A part on both clouds. */
export interface PartReport {
  readonly contract: string;
  /** `kept`: the same. `changed`: there on both, with differences. `lost`, `gained`: on one side only. `off`: on neither. */
  readonly verdict: "kept" | "changed" | "lost" | "gained" | "off";
  /** Keys of the document that both sides have, and settings that mean the same on both. */
  readonly kept: { readonly outputs: readonly string[]; readonly settings: readonly string[] };
  readonly changes: readonly Difference[];
  /** What the new cloud has not got, with the reason. */
  readonly lost: readonly Difference[];
  /** What only the new cloud has. */
  readonly gained: readonly Difference[];
  /** Resource types with their number, before and after. */
  readonly resources: Readonly<Record<"from" | "to", Readonly<Record<string, number>>>>;
}

/** The whole report. Its form as JSON is stable: fields may be added, none changes its meaning. */
export interface SwapReport {
  readonly environment: string;
  readonly from: SwapCloud;
  readonly to: SwapCloud;
  /** Regions, where data lies. */
  readonly place: { readonly from: string; readonly to: string };
  readonly contracts: readonly PartReport[];
  /** Resources that a cloud needs besides, by type. */
  readonly besides: PartReport["resources"];
  readonly nonPortable: readonly NonPortable[];
  readonly data: readonly DataMove[];
  /** USD a month; `difference` where both sides are known. */
  readonly cost: {
    readonly from: SideCost;
    readonly to: SideCost;
    readonly difference?: { idle: number; busy: number };
  };
  readonly steps: readonly Step[];
  /** What goes on as it is until somebody destroys it. */
  readonly staysUp: { readonly resources: number; readonly states: number; readonly stateAt: string };
}

/** Compares both sides. */
export function swapReport(from: Side, to: Side, nonPortable: readonly NonPortable[]): SwapReport {
  const contracts = SWAP_CONTRACTS.map((contract) => partReport(contract, from, to));
  const present = (name: string) => contracts.find(({ contract }) => contract === name)?.verdict;
  const ways = {
    environment: from.environment.name,
    from: from.cloud,
    to: to.cloud,
    source: addresses(from),
    target: addresses(to),
  };
  const data = SWAP_CONTRACTS.filter(({ contract }) => !["off", "gained"].includes(present(contract) ?? "off")).flatMap(
    ({ contract, data: kinds = [] }) =>
      kinds.map((kind) => moveOf(kind, { ...ways, left: present(contract) === "lost" })),
  );
  return {
    environment: from.environment.name,
    from: from.cloud,
    to: to.cloud,
    place: { from: placeOf(from), to: placeOf(to) },
    contracts,
    besides: counts(from, to, undefined),
    nonPortable,
    data,
    cost: { from: from.cost, to: to.cost, ...difference(from.cost, to.cost) },
    steps: stepsOf(from.environment.name, { from: from.cloud, to: to.cloud, moves: data }),
    staysUp: { resources: from.resources.length, states: from.states, stateAt: from.stateAt },
  };
}

function placeOf({ cloud, environment: { clouds } }: Side): string {
  return cloud === "local" ? "this machine" : (clouds[cloud]?.region ?? "not set");
}

function partReport(contract: SwapContract, from: Side, to: Side): PartReport {
  const published = contract.outputs.map((key) => outputReport(key, from, to));
  const settings = settingsOf(contract, from, to);
  const lost = [...published.flatMap(({ lost }) => lost ?? []), ...settings.lost];
  const gained = published.flatMap(({ gained }) => gained ?? []);
  const resources = counts(from, to, contract);
  const has = (side: "from" | "to") => isThere(contract, side === "from" ? from : to, resources[side]);
  const both = has("from") && has("to");
  const changes = [...published.flatMap(({ change }) => change ?? []), ...settings.changes];
  const different = changes.length + lost.length + gained.length > 0;
  const one = has("from") ? "lost" : has("to") ? "gained" : "off";
  return {
    contract: contract.contract,
    verdict: both ? (different ? "changed" : "kept") : one,
    kept: {
      outputs: contract.outputs.filter((key) => isPresent(from, key) && isPresent(to, key)),
      settings: both ? settings.kept : [],
    },
    // Of a part that one side has not got, what its settings mean there says nothing.
    changes: both ? changes : [],
    lost,
    gained,
    resources,
  };
}

/** A part that has neither a resource nor an output of its own is there wherever its layer is: its settings decide. */
function isThere({ outputs, at }: SwapContract, side: Side, resources: Readonly<Record<string, number>>): boolean {
  if (outputs.length === 0 && at.length === 0) return true;
  return Object.keys(resources).length > 0 || outputs.some((key) => isPresent(side, key));
}

function isPresent(side: Side, key: OutputKey): boolean {
  const entry = side.outputs[key];
  return entry !== undefined && entry.lacking === undefined;
}

interface OutputReport {
  readonly change?: Difference;
  readonly lost?: Difference;
  readonly gained?: Difference;
}

function outputReport(key: OutputKey, from: Side, to: Side): OutputReport {
  const said = (side: Side) => side.outputs[key]?.lacking ?? side.outputs[key]?.value ?? "known after the deployment";
  const both = { what: key, from: said(from), to: said(to) };
  const [before, after] = [isPresent(from, key), isPresent(to, key)];
  if (before && !after) return { lost: both };
  if (!before && after) return { gained: both };
  return before && both.from !== both.to ? { change: both } : {};
}

/** Settings that read alike and become something else; and what the new cloud puts in place of what is asked. */
function settingsOf(contract: SwapContract, from: Side, to: Side) {
  const own = (path: string) => contractOf(path) === contract;
  const replaced = (side: Side) => new Map(side.environment.substitutions.map((one) => [one.path, one]));
  const [before, after] = [replaced(from), replaced(to)];
  const lost = [...after.values()]
    .filter((one) => own(one.path) && shown(before.get(one.path)?.used) !== shown(one.used))
    .map((one): Difference => {
      const had = before.get(one.path);
      return { what: one.path, from: shown(had ? had.used : one.asked), to: inWords(one) };
    });
  const compared = settings(from.environment)
    .filter(({ text }) => own(text) && !after.has(text))
    .map(({ text, path, value }): Difference => {
      const there = valueAt(to.environment, path);
      const here = becomes(from.environment, { path, value, written: value }) ?? shown(value);
      const then = becomes(to.environment, { path, value: there, written: there }) ?? shown(there);
      return { what: text, from: here, to: then };
    });
  // A sentence that names its cloud is not another one for that.
  const same = (one: Difference) => one.from.replace(on(from), "") === one.to.replace(on(to), "");
  return { kept: compared.filter(same).map(({ what }) => what), changes: compared.filter((one) => !same(one)), lost };
}

function on({ cloud }: Side): string {
  return ` on cloud ${cloud}`;
}

function inWords({ used, because }: Substitution): string {
  return `${used === null ? "nothing" : shown(used)}: ${because}`;
}

interface Setting {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly value: unknown;
}

/** Every value of the environment with its path; lists are one value. */
function settings(value: unknown, path: readonly PropertyKey[] = []): Setting[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ path, text: path.join("."), value }];
  }
  return Object.entries(value).flatMap(([key, below]) => settings(below, [...path, key]));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], value);
}

function shown(value: unknown): string {
  if (value === undefined) return "not set";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** @param contract undefined: what belongs to none */
function counts(from: Side, to: Side, contract: SwapContract | undefined): PartReport["resources"] {
  const count = ({ resources }: Side) => {
    const mine = resources.filter(({ layer, path }) => contractAt(layer, path) === contract);
    const types = [...new Set(mine.map(({ type }) => type))].sort();
    return Object.fromEntries(types.map((type) => [type, mine.filter((one) => one.type === type).length]));
  };
  return { from: count(from), to: count(to) };
}

function addresses({ outputs }: Side): Addresses {
  return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value ?? null]));
}

function difference(from: SideCost, to: SideCost) {
  if ("unknown" in from || "unknown" in to) return {};
  const cents = (amount: number) => Math.round(amount * 100) / 100;
  return { difference: { idle: cents(to.idle - from.idle), busy: cents(to.busy - from.busy) } };
}
