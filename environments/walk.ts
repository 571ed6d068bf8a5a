/** Finds the schema of a path, for suggestions and descriptions. */
import { z } from "zod";
import { AnyEnvironmentFile, TeamInEnvironment } from "./schema";

type Schema = z.core.$ZodType;

/** The schema without defaults and optionality. */
export function bare(schema: Schema): Schema {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return bare(schema.def.innerType);
  return schema;
}

/** The schema one step down; of a union, the member that has that step. */
export function stepInto(schema: Schema, key: PropertyKey): Schema | undefined {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) return inner.def.shape[String(key)];
  if (inner instanceof z.ZodRecord) return inner.def.valueType;
  if (inner instanceof z.ZodArray) return Number.isInteger(Number(key)) ? inner.def.element : undefined;
  if (!(inner instanceof z.ZodUnion)) return undefined;
  for (const option of inner.def.options) {
    const next = stepInto(option, key);
    if (next) return next;
  }
  return undefined;
}

/** The schema at a path. */
export function schemaAt(root: Schema, path: readonly PropertyKey[]): Schema | undefined {
  return path.reduce<Schema | undefined>((schema, key) => schema && stepInto(schema, key), root);
}

/** Names that may stand in the map which a schema describes; none for free names. */
export function keysOf(schema: Schema | undefined): string[] {
  const inner = schema && bare(schema);
  if (inner instanceof z.ZodObject) return Object.keys(inner.def.shape);
  if (inner instanceof z.ZodUnion) return [...new Set(inner.def.options.flatMap((option) => keysOf(option)))];
  return [];
}

/** The sentence that describes a setting. */
export function descriptionOf(schema: Schema): string | undefined {
  const text = z.globalRegistry.get(schema)?.description;
  if (text) return text;
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? descriptionOf(schema.def.innerType)
    : undefined;
}

/** Every path below a schema whose last key is `key`; how a setting in the wrong place is recognised. */
export function pathsEndingIn(key: string, root: Schema): string[] {
  const inner = bare(root);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.def.shape).flatMap(([name, schema]) => [
    ...(name === key ? [name] : []),
    ...pathsEndingIn(key, schema).map((path) => `${name}.${path}`),
  ]);
}

/** The schema that a path of a resolved environment belongs to; `teams.NAME` is the team's. */
export function settingAt(path: readonly PropertyKey[]): Schema | undefined {
  if (path[0] !== "teams") return schemaAt(AnyEnvironmentFile, path);
  return path.length < 2 ? undefined : schemaAt(TeamInEnvironment, path.slice(2));
}
