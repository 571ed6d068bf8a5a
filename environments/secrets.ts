/** Finds secrets that were typed into config, and hides them from everything that is printed. */

const KNOWN: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g],
  ["a GitLab token", /\bglpat-[\w-]{16,}/g],
  ["a Slack token", /\bxox[abeoprs]-[\w-]{10,}|https:\/\/hooks\.slack\.com\/services\/\S+/g],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ["a Google API key", /\bAIza[\w-]{35}/g],
  ["a Google access token", /\bya29\.[\w-]{16,}/g],
  ["a Google client secret", /\bGOCSPX-[\w-]{20,}/g],
  ["an Azure storage key", /\bAccountKey=[A-Za-z0-9+/]{20,}={0,2}/g],
  ["an Azure client secret", /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}/g],
  ["a shared access signature", /[?&;]sig=[A-Za-z0-9%+/]{20,}/g],
  ["a JSON web token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g],
  ["a Hugging Face token", /\bhf_[A-Za-z0-9]{30,}/g],
  ["an npm token", /\bnpm_[A-Za-z0-9]{30,}/g],
  ["an API key", /\bsk-[A-Za-z0-9_-]{20,}/g],
  ["a SendGrid key", /\bSG\.[\w-]{16,}\.[\w-]{16,}/g],
  ["a password in an address", /(?<=\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/gi],
];

/** Part of a text, both offsets in characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Everything in the text that has the form of a known kind of secret. */
export function knownSecrets(text: string): (Span & { kind: string })[] {
  return KNOWN.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ kind, start: match.index, end: match.index + match[0].length })),
  );
}

const ALWAYS = new Set(["password", "passwd", "passphrase", "secret", "credentials", "pat"]);
const LIKELY = new Set(["token", "apikey", "credential"]);
const PAIRS = new Set([
  "api key",
  "private key",
  "access key",
  "account key",
  "shared key",
  "secret key",
  "connection string",
  "sas url",
]);

/**
 * Whether a key's name and its value together say "secret": the name ends in a word for one (`dbPassword`, not `secretName`),
 * and, where such a name may also be harmless, the value looks made by a machine.
 */
export function secretByName(key: string, value: unknown): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const last = words.at(-1) ?? "";
  const pair = words.slice(-2).join(" ");
  if (typeof value === "boolean" || value === null || value === "") return false;
  if (ALWAYS.has(last) || PAIRS.has(pair)) return true;
  return LIKELY.has(last) && typeof value === "string" && looksRandom(value);
}

/** Eight characters or more that mix letters and digits, or spread like random ones. */
function looksRandom(value: string): boolean {
  if (value.length < 8 || /\s/.test(value)) return false;
  return (/\d/.test(value) && /[a-z]/i.test(value)) || entropy(value) > 3.5;
}

/** Shannon entropy, bits a character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** The text with the given spans, and whatever looks like a secret, covered. */
export function hide(text: string, spans: readonly Span[] = []): string {
  const all = [...spans, ...knownSecrets(text)].sort((a, b) => a.start - b.start);
  let shown = "";
  let from = 0;
  for (const { start, end } of all) {
    if (end <= from) continue;
    if (start >= from) shown += `${text.slice(from, start)}[hidden]`;
    from = end;
  }
  return shown + text.slice(from);
}
