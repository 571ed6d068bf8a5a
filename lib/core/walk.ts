/** Walks plain JSON. Does not load the engine. */

/** A value that holds no others, and where it stands. */
export interface Leaf {
  /** Keys and indices from the root, joined by `/`. */
  readonly path: string;
  /** The last key that is a name, not an index. */
  readonly key: string;
  readonly value: string | number | boolean | null;
}

/** Every leaf of a JSON value, and every key of its objects as a leaf of its own (Terraform reads keys as templates too). */
export function leaves(json: unknown, path = "", key = ""): Leaf[] {
  if (json === undefined) return [];
  if (Array.isArray(json)) return json.flatMap((entry, index) => leaves(entry, join(path, String(index)), key));
  if (json !== null && typeof json === "object") {
    return Object.entries(json).flatMap(([name, entry]) => [
      ...(/[^A-Za-z0-9_./-]/.test(name) ? [{ path: join(path, name), key: "", value: name }] : []),
      ...leaves(entry, join(path, name), name),
    ]);
  }
  return [{ path, key, value: json as Leaf["value"] }];
}

/** Every text in a JSON value. */
export function texts(json: unknown): string[] {
  return leaves(json).flatMap(({ value }) => (typeof value === "string" ? [value] : []));
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}
