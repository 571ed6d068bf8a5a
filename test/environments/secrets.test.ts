import fc from "fast-check";
import { parse } from "yaml";
import { loadAll } from "../../environments/load";
import { hide, secretByName } from "../../environments/secrets";
import { folder, load, problems, refusal, removeFolders } from "./workspace";

afterEach(removeFolders);

// Put together here so that no scanner takes this file for a leak.
const join = (...parts: string[]) => parts.join("");
const KNOWN: [kind: string, value: string][] = [
  ["a GitHub token", join("gh", "p_", "abcdefghijklmnopqrstuvwxyz0123456789")],
  ["a GitLab token", join("gl", "pat-", "abcdefghij0123456789")],
  ["a Slack token", join("xo", "xb-", "123456789012-abcdefghijkl")],
  ["an AWS access key", join("AK", "IA", "ABCDEFGHIJKLMNOP")],
  ["a Google API key", join("AI", "za", "SyA1234567890abcdefghijklmnopqrstuv")],
  ["a Google client secret", join("GOC", "SPX-", "abcdefghij0123456789")],
  ["an Azure storage key", join("Account", "Key=", "abcdefghijklmnopqrstuvwxyz0123456789ABCD==")],
  ["an Azure client secret", join("abc8", "Q~", "abcdefghijklmnopqrstuvwxyz01234567")],
  ["a JSON web token", join("ey", "JhbGciOiJIUzI1NiJ9", ".ey", "JzdWIiOiIxMjM0In0", ".c2lnbmF0dXJl")],
  ["a Hugging Face token", join("h", "f_", "abcdefghijklmnopqrstuvwxyzABCDEFGH")],
  ["an API key", join("s", "k-", "abcdefghijklmnopqrstuvwxyz")],
  ["a password in an address", "postgresql://mlflow:correct-horse@db.acme.example/mlflow"],
];

/** Everything that could be printed of the error for these files. */
function printed(files: Parameters<typeof folder>[0]): string {
  const error = refusal(() => loadAll({ directory: folder(files) }));
  return JSON.stringify([error.message, error.problems, String(error.stack)]);
}

describe("a secret typed in is refused and never shown", () => {
  test.each(KNOWN)("%s in a value", (kind, value) => {
    const text = `cloud: local\nprojects: [{ name: a, parameters: { note: "${value}" } }]\n`;
    expect(problems({ "local.yaml": text })).toEqual([
      `local.yaml:2:43: projects[0].parameters.note: looks like ${kind}; its value is not shown. Put it into the secret store and name it there; when it was committed, replace it`,
    ]);
    expect(printed({ "local.yaml": text })).not.toContain(value.slice(-12));
  });

  test.each(KNOWN)("%s in a comment", (kind, value) => {
    const text = `cloud: local # ${value}\n`;
    expect(problems({ "local.yaml": text })).toEqual([
      expect.stringMatching(new RegExp(`^local\\.yaml:1:\\d+: looks like ${kind}`)),
    ]);
    if (kind !== "a password in an address") expect(printed({ "local.yaml": text })).not.toContain(value.slice(-12));
  });

  test("in a key, in a file that cannot be parsed, and in the line beside another problem", () => {
    const token = KNOWN[0]?.[1] ?? "";
    for (const text of [`cloud: local\n${token}: 1\n`, `cloud: [local\nx: ${token}\n`, `# ${token}\ncloud: locl\n`]) {
      expect(printed({ "local.yaml": text })).toContain("looks like a GitHub token");
      expect(printed({ "local.yaml": text })).not.toContain(token.slice(-12));
    }
  });

  test("a private key over several lines", () => {
    const key = `-----BEGIN ${"RSA PRIVATE"} KEY-----\n  MIIEpAIBAAKCAQEAabcdef\n  -----END ${"RSA PRIVATE"} KEY-----`;
    const text = `cloud: local\nowner: |\n  ${key}\ntier: x\n`;
    expect(problems({ "local.yaml": text })[0]).toMatch(
      /^local\.yaml:2:8: owner: looks like a private key; its value is not shown/,
    );
    expect(printed({ "local.yaml": text })).not.toContain("MIIEpAIBAAKCAQEA");
  });

  test.each([
    ["db.password", "hunter2"],
    ["clientSecret", "abc"],
    ["MY_API_KEY", "abcdefgh12345678"],
    ["accessKey", "x"],
    ["apiToken", "a8f7d6s5f4d3"],
    ["storage_account_key", "abc"],
    ["passphrase", "12345678"],
  ])("by the name of its key: %s", (key, value) => {
    const text = `cloud: local\nprojects: [{ name: a, parameters: { ${key}: ${value} } }]\n`;
    expect(problems({ "local.yaml": text })).toEqual([
      expect.stringContaining("looks like a secret; its value is not shown"),
    ]);
    expect(printed({ "local.yaml": text })).not.toContain(value.length > 4 ? value : `: ${value}`);
  });

  test("under a key that is not known either", () => {
    const found = problems({ "local.yaml": "cloud: local\nkubernetes: { password: hunter2 }\n" });
    expect(found).toEqual([
      "local.yaml:2:15: kubernetes.password: unknown key, wanted one of version, upgrades, pools, highAvailability, deletionProtection, authorizedNetworks",
      "local.yaml:2:25: kubernetes.password: looks like a secret; its value is not shown. Put it into the secret store and name it there; when it was committed, replace it",
    ]);
  });
});

describe("what is no secret is accepted", () => {
  test.each([
    ["tokenCount", "5"],
    ["max.tokens", "4096"],
    ["token", "word"],
    ["secretName", "database-login"],
    ["tokenizer", "bert-base-uncased-v2"],
    ["passwordReference", "projects/a/secrets/b"],
    ["usePassword", "true"],
    ["digest", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["address", "https://user@acme.example/x"],
  ])("%s: %s", (key, value) => {
    const text = `cloud: local\nprojects: [{ name: a, parameters: { ${key}: ${value} } }]\n`;
    expect(load({ "local.yaml": text }).projects[0]?.parameters).toEqual({ [key]: parse(value) });
  });
});

test("a value under a key named password is a secret whatever it is", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), (value) => secretByName("databasePassword", value)));
});

test("hiding leaves nothing of a known secret, whatever stands around it", () => {
  const around = fc.stringMatching(/^[ a-z,.]{0,20}$/);
  fc.assert(
    fc.property(fc.constantFrom(...KNOWN.slice(0, 5)), around, around, ([, value], before, after) => {
      const shown = hide(`${before} ${value} ${after}`);
      return !shown.includes(value.slice(4)) && shown.startsWith(before) && shown.endsWith(after);
    }),
  );
});
