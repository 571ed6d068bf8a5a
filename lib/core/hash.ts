/** Short, stable digests for names. Does not load the engine. */
import { createHash } from "node:crypto";

const DIGITS = 10n;
const BASE = 36n;

/**
 * A digest of lower-case letters and digits that starts with a digit, so that it is never a word and never a prefix that
 * a cloud reserves.
 * @param length characters; 8 give 7.8e11 values
 */
export function shortHash(text: string, length = 8): string {
  let rest = BigInt(`0x${createHash("sha256").update(text).digest("hex")}`);
  let hash = (rest % DIGITS).toString();
  rest /= DIGITS;
  while (hash.length < length) {
    hash += (rest % BASE).toString(36);
    rest /= BASE;
  }
  return hash;
}

/** `sha256:` and the digest in hexadecimal digits. */
export function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** JSON with sorted keys: equal values give equal text. Absent (`undefined`) values are left out, as in JSON. */
export function stableJson(value: unknown, space?: number): string {
  return JSON.stringify(sorted(value), undefined, space);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}
