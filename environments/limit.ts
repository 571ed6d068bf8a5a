/** Something that a cloud cannot do, and the words to say it. */
import type { ServingLimit, Wish } from "../lib/core/serving-limits";
import type { Sections } from "./checks";

/** One such thing: a value of a setting, and what is nearest to it. */
export interface Limit {
  readonly path: readonly string[];
  /** Whether the cloud cannot do this value, in this environment. */
  readonly cannot: (value: unknown, file: Sections) => boolean;
  /** The nearest choice. A function where that depends on what is asked. */
  readonly use: unknown;
  readonly because: string;
  /** Replaced without refusal also where the environment's own file asks for it: it describes size or cost, not behaviour. */
  readonly harmless?: true;
}

/** Whether a value is none of these. */
export const isNot =
  (...allowed: readonly unknown[]) =>
  (value: unknown) =>
    !allowed.includes(value);
/** Whether somebody asks for anything. */
export const given = (value: unknown) => value !== undefined;
/** Whether a number is beyond a bound. */
export const above = (most: number) => (value: unknown) => typeof value === "number" && value > most;
/** Whether a number does not reach a bound. */
export const below = (least: number) => (value: unknown) => typeof value === "number" && value < least;

/** A state in the other cloud. */
export function stateElsewhere(other: string, use: unknown): Limit {
  return {
    path: ["backend"],
    cannot: (value) => isRecord(value) && value.type === other,
    use,
    because: "the state stays in the cloud of the estate, so that one login reaches both",
  };
}

/** Pretrained models are called differently on each cloud: those of the other one are left out. */
export function modelsOf(beginning: string, form: string): Limit {
  const isOurs = (name: unknown) => typeof name === "string" && name.startsWith(beginning);
  return {
    path: ["pretrainedModels", "allowed"],
    // What the schema refused is absent, and said by itself.
    cannot: (value) => Array.isArray(value) && !value.every((name) => name === undefined || isOurs(name)),
    use: (value: unknown) => (Array.isArray(value) ? value.filter(isOurs) : []),
    because: `models are called ${form} here`,
  };
}

/** A limit of one way of serving. */
export function servingLimit({ target, beyond, key, message }: ServingLimit, use: unknown): Limit {
  return {
    path: ["serving", "production", key],
    cannot: (_, file) => {
      const wish = wishOf(file);
      return wish?.target === target && beyond(wish);
    },
    use,
    because: message,
  };
}

/** How production is to be served; nothing when a part of that was refused already. */
export function wishOf({ serving }: Sections): Wish | undefined {
  const { target, expose, auth, class: size, replicas, host } = serving?.production ?? {};
  const { min, max } = replicas ?? {};
  if (!target || !expose || !auth || !size || min === undefined || max === undefined) return undefined;
  return { target, expose, auth, class: size, replicas: { min, max }, host };
}

/** Whether something is a map. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
