/** The environment's document with its values. Does not load the engine. */
import type { OutputEntry } from "../contracts/outputs";

/** Values of a stack as `terraform output -json` gives them. */
export type StackOutputs = Readonly<Record<string, { readonly value: unknown }>>;

/** One key of the document: a value, or null and the reason. */
export interface DocumentEntry {
  readonly value: string | null;
  /** Why the value is null. @default - it is not */
  readonly reason?: string;
  readonly description: string;
}

/**
 * Joins what synth knows with what the deployed layers know. The same keys on every cloud, sorted.
 * @param entries `outputs` of the manifest
 * @param states outputs of the stacks that are deployed
 */
export function environmentDocument(
  entries: Readonly<Record<string, OutputEntry>>,
  states: Readonly<Record<string, StackOutputs>>,
): Record<string, DocumentEntry> {
  const keys = Object.keys(entries).sort();
  return Object.fromEntries(keys.map((key) => [key, documentEntry(key, entries[key], states)]));
}

function documentEntry(
  key: string,
  entry: OutputEntry | undefined,
  states: Readonly<Record<string, StackOutputs>>,
): DocumentEntry {
  const description = entry?.description ?? "";
  if (entry?.lacking !== undefined) return { value: null, reason: entry.lacking, description };
  if (entry?.stack == null) return { value: entry?.value ?? null, description };
  const output = states[entry.stack]?.[key];
  if (output === undefined || output.value === null) {
    return { value: null, reason: `${entry.stack} is not deployed`, description };
  }
  return { value: String(output.value), description };
}
