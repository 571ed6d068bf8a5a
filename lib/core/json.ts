/** JSON that somebody else wrote: looked at field by field, believed in nothing. Does not load the engine. */

/** A JSON object whose fields nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>;

/** The value where it is an object. */
export function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The objects of a list; none where it is no list. */
export function objects(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown): readonly Json[] => {
    const found = object(item);
    return found === undefined ? [] : [found];
  });
}

/** The value where it is text, a number as its digits; else empty. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** The texts of a list; none where it is no list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

/** The object that a text holds; an empty one where it holds none. */
export function parseObject(said: string): Json {
  try {
    return object(JSON.parse(said)) ?? {};
  } catch {
    return {};
  }
}
