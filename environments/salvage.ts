/** Takes what is right out of a value that is partly wrong, so that rules over several settings are checked as well. */
import { z } from "zod";
import { bare } from "./walk";

/** A value any part of which may be missing; list items keep their index. */
export type Salvaged<T> = T extends readonly (infer Item)[]
  ? readonly (Salvaged<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Salvaged<T[Key]> }
    : T;

/** Every part of `value` that the schema accepts, with defaults; `undefined` in the place of what it refuses. */
export function salvage<S extends z.ZodType>(schema: S, value: unknown): Salvaged<z.output<S>> | undefined {
  return take(schema, value) as Salvaged<z.output<S>> | undefined;
}

function take(schema: z.core.$ZodType, value: unknown): unknown {
  const whole = z.safeParse(schema, value);
  if (whole.success) return whole.data;
  const inner = bare(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => take(inner.def.element, item));
  if (inner instanceof z.ZodUnion) {
    const options = inner.def.options.map((option) => take(option, value));
    return options.find((option) => option !== undefined);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const at = value as Readonly<Record<string, unknown>>;
  if (inner instanceof z.ZodObject) {
    return mapped(Object.entries(inner.def.shape).map(([key, below]) => [key, take(below, at[key])]));
  }
  if (inner instanceof z.ZodRecord) {
    return mapped(Object.entries(at).map(([key, below]) => [key, take(inner.def.valueType, below)]));
  }
  return undefined;
}

function mapped(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
