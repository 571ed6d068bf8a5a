/** Values that make a resource safe, as tables of rules over stacks as they are written. Does not load the engine. */
import type { Demand } from "./hardening/demands";
import type { StackJson } from "./protected";

/** What decides which rules an environment is held to. */
export interface HardeningContext {
  readonly production: boolean;
  /** Whether data is encrypted with the environment's own keys. */
  readonly ownKeys: boolean;
}

/** A resource as it is written. */
export type Resource = Readonly<Record<string, unknown>>;

/** One value of a kind of resource. */
export interface HardeningRule {
  /** What a waiver names. Begins with the kind of resource. */
  readonly id: string;
  /** Type, or what all its types match. */
  readonly type: string | RegExp;
  /**
   * Names joined by `.`; blocks may be objects or lists of them, each is looked at. `name?` lets its absence pass, and a
   * trailing `[]` gives the demand all blocks as one list. Empty: the resource itself.
   */
  readonly path: string;
  readonly demand: Demand;
  /** Environments it counts in. @default - every one */
  readonly only?: keyof HardeningContext;
  /** Resources of the type it counts for. @default - every one */
  readonly where?: (resource: Resource) => boolean;
  /** The harm it keeps away, as a sentence. */
  readonly why: string;
  /** Checks of Checkov (CKV) and of the CIS benchmarks that ask the same. Empty where no benchmark does. */
  readonly refs: readonly string[];
  /** What the environment's file says then, where it decides. @default - the value is the construct's own */
  readonly setting?: string;
}

/** Something that is demanded of a stack as a whole. */
export interface StackRule extends Pick<HardeningRule, "id" | "why" | "refs" | "only"> {
  /** What is wrong with a stack; nothing where it is as it should be. */
  readonly check: (stack: StackJson) => readonly Finding[];
}

/** What a rule found. */
export interface Finding {
  /** `type.id` */
  readonly address: string;
  readonly message: string;
  readonly fix: string;
}

/** Where a value stands in a resource: names and indices from its root. */
export type Place = readonly (string | number)[];

/** Resources of a stack that a rule counts for. */
export function covered(rule: HardeningRule, stack: StackJson, context: HardeningContext): [string, Resource][] {
  if (rule.only !== undefined && !context[rule.only]) return [];
  return Object.entries(stack.resource ?? {})
    .filter(([type]) => (typeof rule.type === "string" ? rule.type === type : rule.type.test(type)))
    .flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, body]): [string, Resource] => [`${type}.${id}`, asMap(body)]),
    )
    .filter(([, resource]) => rule.where?.(resource) ?? true);
}

/** What breaks a rule in a stack. */
export function breaches(rule: HardeningRule, stack: StackJson, context: HardeningContext): Finding[] {
  return covered(rule, stack, context).flatMap(([address, resource]) =>
    broken(rule, resource, context).map((place) => ({
      address,
      message: `${written(place) || "it"} ${got(rule, valueAt(resource, place))}; wanted ${rule.demand.wanted}. ${rule.why.replace(/\.$/, "")}`,
      fix: fixOf(rule),
    })),
  );
}

function fixOf(rule: HardeningRule): string {
  const set = `Set ${nameOf(rule)} to ${rule.demand.set ?? rule.demand.wanted}`;
  if (rule.setting === undefined) return set;
  return `Write ${rule.setting} in the environment's file, or let somebody answer for it: policies.waivers with rule: ${rule.id}. (${set}.)`;
}

/** Places of a resource that break a rule which counts for it. */
export function broken(rule: HardeningRule, resource: Resource, context: HardeningContext): Place[] {
  return places(resource, rule.path).filter(
    (place) => !rule.demand.holds(seen(rule, valueAt(resource, place)), context),
  );
}

/** Every place that a path leads to; where something on the way is missing, the place where it would stand. */
export function places(resource: Resource, path: string): Place[] {
  const names = path.replace(/\[\]$/, "").split(".").filter(Boolean);
  return names.reduce<Place[]>(
    (found, part, index) => {
      const name = part.replace(/\?$/, "");
      const last = index === names.length - 1;
      return found.flatMap((place) => {
        const next = [...place, name];
        const value = valueAt(resource, next);
        // No block at all is as good as none of its values.
        const missing = value === undefined || (!last && Array.isArray(value) && value.length === 0);
        if (missing && part.endsWith("?")) return [];
        if (!missing && !last && Array.isArray(value)) return value.map((_, entry) => [...next, entry]);
        return [next];
      });
    },
    [[]],
  );
}

/** The value at a place; undefined when it or what holds it is missing. */
export function valueAt(resource: Resource, place: Place): unknown {
  return place.reduce<unknown>((value, name) => {
    if (Array.isArray(value)) return value[typeof name === "number" ? name : Number.NaN];
    return asMap(value)[name];
  }, resource);
}

/** A copy of the resource with another value at a place, or without it. */
export function replaced(resource: Resource, place: Place, value: unknown): Resource {
  return asMap(put(resource, place, value));
}

function put(holder: unknown, [name, ...rest]: Place, value: unknown): unknown {
  if (name === undefined) return value;
  if (Array.isArray(holder)) return holder.map((entry, index) => (index === name ? put(entry, rest, value) : entry));
  const { [name]: former, ...others } = asMap(holder);
  const next = put(former, rest, value);
  return next === undefined ? others : { ...others, [name]: next };
}

/** Every way to break a rule in a resource that keeps it: each value left out, and each made wrong. */
export function mutants(rule: HardeningRule, resource: Resource, context: HardeningContext): Resource[] {
  return places(resource, rule.path).flatMap((place) => {
    const value = seen(rule, valueAt(resource, place));
    const wrong = rule.demand.wrong(value, context).map((other) => replaced(resource, place, other));
    const mayLack = rule.demand.optional || rule.path.endsWith("?") || place.length === 0;
    return mayLack ? wrong : [replaced(resource, place, undefined), ...wrong];
  });
}

/** A path without the marks of its grammar. */
export function nameOf({ path }: HardeningRule): string {
  return path.replace(/\?|\[\]/g, "") || "it";
}

function seen({ path }: HardeningRule, value: unknown): unknown {
  return path.endsWith("[]") ? blocks(value) : value;
}

/** Blocks of a name: none, one or several. */
export function blocks(value: unknown): Resource[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(asMap);
}

/** A value as a map; an empty one when it is none. */
export function asMap(value: unknown): Resource {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Resource) : {};
}

function written(place: Place): string {
  return place.join(".");
}

/** Only values that cannot be secrets are shown. */
function got({ demand }: HardeningRule, value: unknown): string {
  if (value === undefined) return "is not set";
  if (demand.optional || typeof value === "object") return "is not as it has to be";
  if (typeof value === "string" && !/^[\w./:-]{1,60}$/.test(value)) return "is not as it has to be";
  return `is ${JSON.stringify(value)}`;
}
