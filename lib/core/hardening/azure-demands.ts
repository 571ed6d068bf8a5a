/** Demands that only Azure's values have. Does not load the engine. */
import { asMap, blocks, type Resource } from "../hardening";
import { type Demand, text } from "./demands";

/** Address of a key in a vault, with a version or without. */
export const vaultKey: Demand = text(
  /^https:\/\/[\w-]+\.vault\.[\w.]+\/keys\/[\w-]+(\/\w+)?$|^\$\{.*key.*\}$/i,
  "the address of a key in the environment's vault",
  "",
  "https://acme.vault.azure.net/secrets/storage",
);

/** Id of a resource, or a reference to one. */
export const resourceId: Demand = text(/^\/subscriptions\/.+|^\$\{[^}]+\.id\}$/, "the id of a resource", "", "NAME");

/** A list that is not empty. */
export function someOf(wanted: string): Demand {
  return {
    wanted,
    holds: (value) => Array.isArray(value) && value.length > 0 && value.every((each) => each !== "" && each !== null),
    wrong: () => [[], [""]],
  };
}

/** Kinds of identity that a person has made, and that rights are given to before the resource is there. */
export const ownIdentity: Demand = text(/^UserAssigned$/, "UserAssigned", "SystemAssigned", "None");

/** A block that is there. */
export function someValues(wanted: string): Demand {
  return { wanted, holds: (value) => blocks(value).some((block) => Object.keys(block).length > 0), wrong: () => [] };
}

/** No key of this name anywhere in the value. */
export function withoutKeys(wanted: string, key: RegExp, example: Resource): Demand {
  return {
    wanted,
    optional: true,
    holds: (value) => !holdsKey(value, key),
    wrong: (value) => [{ ...asMap(value), ...example }],
  };
}

function holdsKey(value: unknown, key: RegExp): boolean {
  if (Array.isArray(value)) return value.some((entry) => holdsKey(entry, key));
  return Object.entries(asMap(value)).some(([name, entry]) => key.test(name) || holdsKey(entry, key));
}
