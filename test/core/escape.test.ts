import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { escapeTemplate, escapeTemplates, hasTemplate } from "../../lib/core/escape";
import { shortHash, stableJson } from "../../lib/core/hash";
import { isLoopback, keyHoldsSecret, looksSecret } from "../../lib/core/secrets";
import { temporaryFolder } from "../support/folders";

test("text means itself after the real Terraform has read it", () => {
  const pieces = fc.constantFrom("$", "%", "{", "}", "a", "$${", "${", "%{", "\n", '"', "\\", "\u001b", "💥");
  const texts = fc.sample(
    fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join("")),
    { numRuns: 200, seed: 1 },
  );
  const folder = temporaryFolder();
  const output = Object.fromEntries(texts.map((text, index) => [`o${index}`, { value: escapeTemplate(text) }]));
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ output }));
  const terraform = (...args: string[]) =>
    execFileSync("terraform", args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: "1" },
      stdio: "pipe",
    }).toString();
  terraform("init", "-input=false");
  terraform("apply", "-auto-approve", "-input=false");
  const read = JSON.parse(terraform("output", "-json")) as Record<string, { value: string }>;
  expect(texts.map((_, index) => read[`o${index}`]?.value)).toEqual(texts);
}, 60_000);

test("every text of a value is escaped, keys too", () => {
  expect(escapeTemplates({ "${k}": ["a${b}", 1, null, { c: "%{d}" }] })).toEqual({
    "$${k}": ["a$${b}", 1, null, { c: "%%{d}" }],
  });
  expect(hasTemplate("100% {sure}")).toBe(false);
  expect(hasTemplate("%{")).toBe(true);
});

test("equal values give equal text whatever the order of their keys", () => {
  const json = fc.jsonValue();
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : value !== null && typeof value === "object"
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, entry]) => [key, reversed(entry)]),
          )
        : value;
  fc.assert(fc.property(json, (value) => expect(stableJson(reversed(value))).toBe(stableJson(value))));
});

test("a digest in a name begins with a digit and has the length asked for", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 4, max: 16 }), (text, length) =>
      expect(shortHash(text, length)).toMatch(new RegExp(`^[0-9][0-9a-z]{${length - 1}}$`)),
    ),
  );
});

test.each([
  ["a GitHub token", `ghp_${"a1".repeat(18)}`, true],
  ["a private key", "-----BEGIN PRIVATE KEY-----", true],
  ["a password in an address", "postgresql://user:pass@host/db", true],
  ["an address without one", "postgresql://user@host:5432/db", false],
  ["a secret's reference", "projects/acme/secrets/database", false],
  ["a digest", `sha256:${"ab".repeat(32)}`, false],
])("%s counts as a secret: %s → %s", (_what, text, secret) => {
  expect(looksSecret(text)).toBe(secret);
});

test.each([
  ["password", true],
  ["admin_password", true],
  ["apiKey", true],
  ["databasePasswordReference", false],
  ["secrets", false],
  ["tokens_url", false],
])("text under the key %s is a secret: %s", (key, secret) => expect(keyHoldsSecret(key)).toBe(secret));

test.each([
  ["uri", "http://127.0.0.1:80/x", true],
  ["uri", "http://[::1]:80", true],
  ["host", "localhost", true],
  ["host", "db.example", false],
  ["anything", "0.0.0.0", false],
  ["anything", "::", false],
  ["anything", "10.0.0.1", false],
  ["uri", "postgresql://u@10.0.0.1:1/x", false],
  ["path", "buckets/datasets", true],
  ["cron", "0 3 * * 1", true],
])("%s: %s stays on this machine: %s", (key, value, stays) => {
  expect(isLoopback(key, value)).toBe(stays);
});
