/** Resources of synthesized stacks, as an estimate reads them. */

/** One resource of a stack. */
export interface Resource {
  /** `stack/type.id`, unique in an environment. */
  readonly address: string;
  /** Type of the provider; of what goes through azapi the type of Azure's own API, without its version. */
  readonly type: string;
  readonly layer: string;
  /** Part of the layer that it belongs to: `Database`. */
  readonly part: string;
  /** Where it stands in its layer: `Database/Instance`. */
  readonly path: string;
  readonly attributes: unknown;
}

/** A stack to read: its name, its layer and its file's content. */
export interface StackDocument {
  readonly name: string;
  readonly layer: string;
  readonly document: unknown;
}

/** Providers of the clouds; the others' resources (passwords, waits) cost nothing. */
const PROVIDERS: readonly string[] = ["google", "azurerm", "azapi", "azuredevops"];

/** Types that make or call what another word in them names: `Microsoft.KeyVault/vaults/keys@2024-11-01`. */
const BY_ARM_TYPE: readonly string[] = ["azapi_resource", "azapi_resource_action"];

/** Every resource of a cloud in the stacks. Grants of rights are left out: they never cost anything. */
export function resourcesOf(stacks: readonly StackDocument[]): readonly Resource[] {
  return stacks.flatMap(({ name, layer, document }) =>
    entries(dig(document, "resource"))
      .filter(([type]) => PROVIDERS.includes(type.split("_")[0] ?? "") && !isGrant(type))
      .flatMap(([type, byId]) =>
        entries(byId).map(([id, attributes]) => {
          const [, ...rest] = (string(attributes, "//", "metadata", "path") ?? id).split("/");
          const path = rest.length > 0 ? rest : [id];
          const [part = id] = path;
          const address = `${name}/${type}.${id}`;
          return { address, type: typeOf(type, attributes), layer, part, path: path.join("/"), attributes };
        }),
      ),
  );
}

/** Whether a type only gives rights. */
export function isGrant(type: string): boolean {
  return type.endsWith("_iam_member") || type.endsWith("_role_assignment");
}

function typeOf(type: string, attributes: unknown): string {
  const arm = BY_ARM_TYPE.includes(type) ? string(attributes, "type") : undefined;
  return arm?.split("@")[0] ?? type;
}

/** A value inside; of a list where a key is asked for, the first element: blocks are written as either. */
export function dig(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (Array.isArray(found)) found = found[0];
    found = entries(found).find(([name]) => name === key)?.[1];
  }
  return found;
}

/** A text inside; undefined for anything else. */
export function string(value: unknown, ...path: readonly string[]): string | undefined {
  const found = dig(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** A number inside, also when it is written as a text. */
export function number(value: unknown, ...path: readonly string[]): number | undefined {
  const found = dig(value, ...path);
  if (typeof found === "number") return found;
  return typeof found === "string" && /^\d+(\.\d+)?$/.test(found) ? Number(found) : undefined;
}

/** A list inside; a single block is a list of one. */
export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = dig(value, ...path);
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? found : [found];
}

/** The region that a resource stands in. @param fallback region of the environment */
export function regionOf(attributes: unknown, fallback: string): string {
  const place = (string(attributes, "region") ?? string(attributes, "location") ?? fallback).toLowerCase();
  return place.replace(/^([a-z]+-[a-z]+\d+)-[a-z]$/, "$1");
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
