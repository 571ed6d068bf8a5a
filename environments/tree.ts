/** Values with the place they came from. Files become trees; trees are laid over one another. */
import type { Span } from "./secrets";
import type { Source } from "./source";

/** A value of a file: a map, a list or a scalar. */
export interface Entry {
  readonly source: Source;
  /** Where the key stands; absent for list items and the whole file. */
  readonly key?: Span;
  /** Where the value stands. */
  readonly at: Span;
  /** The text in the file is in quotes. */
  readonly quoted?: boolean;
  /** The reader has refused this value already; nothing more is said of it, and it is not shown. */
  readonly refused?: boolean;
  readonly content:
    | { readonly kind: "map"; readonly children: ReadonlyMap<string, Entry> }
    | { readonly kind: "list"; readonly items: readonly Entry[] }
    | { readonly kind: "scalar"; readonly value: string | number | boolean | null };
  /** What this replaced, the latest first. */
  readonly overrode: readonly Entry[];
}

/** Lays `over` upon `under`: maps merge deep, lists and scalars replace. */
export function layer(under: Entry, over: Entry): Entry {
  if (under.content.kind !== "map" || over.content.kind !== "map") {
    return { ...over, overrode: [...over.overrode, under, ...under.overrode] };
  }
  const children = new Map(under.content.children);
  for (const [key, entry] of over.content.children) {
    const below = children.get(key);
    children.set(key, below ? layer(below, entry) : entry);
  }
  return { ...over, content: { kind: "map", children } };
}

/** The tree as plain data, keys sorted: the order in which a file gives them changes nothing that is made of it. */
export function toValue(entry: Entry): unknown {
  const { content } = entry;
  if (content.kind === "scalar") return content.value;
  if (content.kind === "list") return content.items.map(toValue);
  const children = [...content.children].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(children.map(([key, child]) => [key, toValue(child)]));
}

/** One step down, or nothing. */
export function childOf({ content }: Entry, key: PropertyKey): Entry | undefined {
  if (content.kind === "map") return content.children.get(String(key));
  return content.kind === "list" ? content.items[Number(key)] : undefined;
}

/** The entry at a path, or the deepest one on the way there. */
export function find(root: Entry, path: readonly PropertyKey[]): { entry: Entry; depth: number } {
  let entry = root;
  for (const [depth, key] of path.entries()) {
    const next = childOf(entry, key);
    if (!next) return { entry, depth };
    entry = next;
  }
  return { entry, depth: path.length };
}

/** A map without some of its keys. */
export function without(entry: Entry, ...keys: readonly string[]): Entry {
  if (entry.content.kind !== "map") return entry;
  const children = new Map([...entry.content.children].filter(([key]) => !keys.includes(key)));
  return { ...entry, content: { kind: "map", children } };
}

/** `a.b[0].c` */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text ? `${text}.${String(key)}` : String(key);
  }, "");
}
