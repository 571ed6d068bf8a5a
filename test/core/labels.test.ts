import fc from "fast-check";
import {
  LABEL_RULES,
  type LabelDialect,
  labelProblems,
  labelsFor,
  labelValue,
  REQUIRED_LABELS,
} from "../../lib/core/labels";

const acme = { organisation: "acme", environment: "dev", layer: "data", owner: "ML-Platform@acme.example" } as const;
const DIALECTS = Object.keys(LABEL_RULES) as LabelDialect[];

test("every labelled resource says whose it is, in the form its cloud takes", () => {
  expect(labelsFor("gcp", acme)).toEqual({
    environment: "dev",
    layer: "data",
    "managed-by": "mlops-blueprint",
    organisation: "acme",
    owner: "ml-platform_at_acme_example",
  });
  expect(labelsFor("azure", acme).owner).toBe("ML-Platform@acme.example");
  expect(labelsFor("kubernetes", acme).owner).toBe("ML-Platform_at_acme.example");
});

test("labels do not depend on the order they are given in", () => {
  const one = labelsFor("gcp", { ...acme, additional: { b: "1", a: "2" } });
  const other = labelsFor("gcp", { ...acme, additional: { a: "2", b: "1" } });
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

describe.each(DIALECTS)("a value on %s", (dialect) => {
  const rule = LABEL_RULES[dialect];
  const accepted = {
    gcp: /^[a-z0-9_-]{0,63}$/,
    azure: /^[^\p{Cc}]{0,256}$/u,
    kubernetes: /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/,
  };

  test("fits whatever it was, also quotes, newlines, escapes and emoji", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 400, unit: "binary" }),
          fc.constantFrom("\u001b[31m", '"\n', "💥", "-.-", "💥".repeat(200), `a${"💥".repeat(200)}`),
        ),
        (value) => {
          const label = labelValue(dialect, value);
          expect(label).toMatch(accepted[dialect]);
          expect(() => encodeURIComponent(label)).not.toThrow(); // throws on half a character
        },
      ),
    );
  });

  test("that is too long differs from another one with the same beginning", () => {
    const long = "a".repeat(rule.maxValue);
    expect(labelValue(dialect, long)).toBe(long);
    expect(labelValue(dialect, `${long}b`)).not.toBe(labelValue(dialect, `${long}c`));
    expect(labelValue(dialect, `${long}b`).length).toBeLessThanOrEqual(rule.maxValue);
  });

  test("one label more than the cloud takes is refused", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
    expect(labelProblems(dialect, many(rule.maxCount))).toEqual([]);
    expect(labelProblems(dialect, many(rule.maxCount + 1))).toEqual([
      expect.stringContaining(`takes ${rule.maxCount}`),
    ]);
  });
});

test.each([
  ["gcp", "Team", "refused by gcp"],
  ["gcp", "goog-cost", "keeps for itself"],
  ["gcp", "1st", "refused by gcp"],
  ["gcp", "k".repeat(64), "at most 63"],
  ["azure", "Microsoft.Team", "keeps for itself"],
  ["azure", "a/b", "refused by azure"],
  ["kubernetes", "kubernetes.io/name", "keeps for itself"],
] as const)("on %s the key %s is refused", (dialect, key, why) => {
  expect(() => labelsFor(dialect, { ...acme, additional: { [key]: "x" } })).toThrow(why);
});

test("keys that differ in case only are one on Azure, so they are refused", () => {
  expect(labelProblems("azure", { team: "a", Team: "b" })).toEqual([expect.stringContaining("differ in case only")]);
});

test.each(REQUIRED_LABELS)("the standard label %s cannot be replaced", (key) => {
  expect(() => labelsFor("gcp", { ...acme, additional: { [key]: "other" } })).toThrow(`label ${key} is a standard one`);
});
