import { EXIT, UserError } from "../../lib/core/errors";
import { labelsFor } from "../../lib/core/labels";
import { LayerStack } from "../../lib/core/layer-stack";
import { handOver } from "../../lib/core/outputs";
import { PolicyReview, type Rule, type Waiver } from "../../lib/core/policies";
import { GENERAL_RULES, RULES } from "../../lib/core/rules";
import { type App, Construct, TerraformResource, Token } from "../../lib/framework";
import { StandIn } from "../support/stand-ins";
import { synthLayer } from "../support/synth";

const LABELS = labelsFor("gcp", { organisation: "acme", environment: "dev", layer: "data", owner: "ml" });

/** One stack that keeps the rule and one that breaks it. A rule without a pair fails the last test. */
const CASES: Readonly<
  Record<
    string,
    {
      readonly keeps: (stack: LayerStack) => void;
      readonly breaks: (stack: LayerStack) => void;
      readonly says: string;
      readonly userText?: readonly string[];
    }
  >
> = {
  "construct-id": {
    keeps: (stack) => new StandIn(stack, "a-b_C1"),
    breaks: (stack) => new StandIn(stack, "a.b"),
    says: 'the id "a.b" has characters that the engine drops',
  },
  "one-address-each": {
    keeps: (stack) => [new StandIn(stack, "ab"), new StandIn(stack, "a-b")],
    breaks: (stack) => {
      new StandIn(stack, "ab");
      new StandIn(new Construct(stack, "Default"), "ab");
    },
    says: "has the address google_thing.ab, and so has test-data/ab: one would vanish",
  },
  "handed-over": {
    keeps: (stack) => {
      const endpoint = handOver(stack, {
        key: "endpoint",
        value: "10.0.0.1",
        example: "10.0.0.2",
        description: "API.",
      });
      new StandIn(later(stack), "a", { name: endpoint, labels: LABELS });
    },
    breaks: (stack) => void new StandIn(later(stack), "a", { name: new StandIn(stack, "b").name, labels: LABELS }),
    says: "test-data: handed-over: its google_thing.b.name is used in another layer as it is. Pass it through handOver",
  },
  "unresolved-token": {
    keeps: (stack) => new StandIn(stack, "a", { name: new StandIn(stack, "b").name }),
    breaks: (stack) => new StandIn(stack, "a", { name: new StandIn(stack, "b").name.toUpperCase() }),
    says: "test-data/resource/google_thing/a/name: unresolved-token: is what is left of a value",
  },
  "template-in-text": {
    keeps: (stack) => new StandIn(stack, "a", { name: "see $${path.module} and %%{ if true }" }),
    breaks: (stack) => new StandIn(stack, "a", { name: "see ${path.module}" }),
    userText: ["${path.module}", "%{ if true }", "plain"],
    says: "test-data/resource/google_thing/a/name: template-in-text: holds text from the config",
  },
  "required-labels": {
    keeps: (stack) => new StandIn(stack, "a", { labels: LABELS }),
    breaks: (stack) => new StandIn(stack, "a", { labels: { owner: "ml" } }),
    says: "labels lacks organisation, environment, layer, managed-by",
  },
  "no-secrets": {
    keeps: (stack) => new StandIn(stack, "a", { name: "projects/acme/secrets/database-password" }),
    breaks: (stack) => new StandIn(stack, "a").addOverride("admin_password", "correct horse"),
    says: "test-data/resource/google_thing/a/admin_password: no-secrets: looks like a secret",
  },
  "loopback-only": {
    keeps: (stack) =>
      local(stack, { url: "http://127.0.0.1:80", host: "localhost", path: "buckets/a", cron: "0 3 * * 1" }),
    breaks: (stack) => local(stack, { parts: [{ port: 80, host: "0.0.0.0" }] }),
    says: 'test-data/resource/terraform_data/Parts/input/parts/0/host: loopback-only: names "0.0.0.0"',
  },
  "retired-product": {
    keeps: (stack) =>
      void new TerraformResource(stack, "a", { terraformResourceType: "google_cloudfunctions2_function" }),
    breaks: (stack) => void new TerraformResource(stack, "a", { terraformResourceType: "google_container_registry" }),
    says: "test-data/google_container_registry.a: retired-product: is Container Registry, gone since 2025-03-18",
  },
};

/** A layer that is deployed after the stack. */
function later(stack: LayerStack): LayerStack {
  return new LayerStack(stack.node.root as App, { environment: "test", layer: "ml" });
}

function local(stack: LayerStack, input: Record<string, unknown>): void {
  new TerraformResource(stack, "Parts", { terraformResourceType: "terraform_data" }).addOverride("input", input);
}

/** Resources of the stand-in type are labelled unless a case is about labels. */
function labelled(id: string, build: (stack: LayerStack) => void) {
  return (stack: LayerStack) => {
    build(stack);
    if (id === "required-labels") return;
    for (const node of stack.node.findAll()) if (node instanceof StandIn) node.labelsInput = LABELS;
  };
}

describe.each(GENERAL_RULES.map((rule): [string, Rule] => [rule.id, rule]))("the rule %s", (id, rule) => {
  const found = CASES[id];

  test("lets pass what keeps it", () => {
    if (!found) throw new Error("write a case that keeps it and one that breaks it");
    expect(() => synthLayer(labelled(id, found.keeps), { userText: found.userText })).not.toThrow();
  });

  test("refuses what breaks it, saying where, with exit code 3 and a fix", () => {
    if (!found) throw new Error("write a case that keeps it and one that breaks it");
    const error = refusal(() => synthLayer(labelled(id, found.breaks), { userText: found.userText }));
    expect(error.message).toContain(found.says);
    expect(error.exitCode).toBe(EXIT.refused);
    expect(error.problems.every(({ fix }) => fix)).toBe(true);
    expect(error.message).toContain(`${id}: `);
  });

  test("says what it demands in one sentence", () => {
    expect(rule.description).toMatch(/^[A-Z].*[.]$/);
  });
});

test.each<[string, (of: StandIn) => unknown]>([
  ["cut at its beginning", ({ name }) => name.slice(3)],
  ["cut at its end", ({ name }) => name.slice(0, 5)],
  ["in lower case", ({ name }) => name.toLowerCase()],
  ["multiplied", (of) => Token.asNumber(of.getNumberAttribute("size")) * 2],
  ["divided", (of) => Token.asNumber(of.getNumberAttribute("size")) / 1e250],
])("what is left of a token that was %s is found", (_how, change) => {
  const attempt = () =>
    synthLayer((stack) => {
      const name = change(new StandIn(stack, "b", { labels: LABELS })) as string;
      new StandIn(stack, "a", { name, labels: LABELS });
    });
  expect(attempt).toThrow(/google_thing\/a\/name: unresolved-token/);
});

test.each([
  ["${a}", "see $${a}", true],
  ["$${a}", "$$${a}", true],
  ["b${a}", "b$${a}", true],
  ["%{ if x }", "%%{ if x }", true],
  ["${a}", "$${a} and ${a}", false],
  ["$${a}", "$${a}", false],
  ["b${a}", "b${a}", false],
])("a person's %j may be written as %j: %s", (text, name, fine) => {
  const attempt = () =>
    synthLayer((stack) => void new StandIn(stack, "a", { name, labels: LABELS }), { userText: [text] });
  if (fine) expect(attempt).not.toThrow();
  else expect(attempt).toThrow("template-in-text");
});

test("a secret is never repeated in the refusal", () => {
  for (const value of [
    "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB",
    "-----BEGIN RSA PRIVATE KEY-----",
    "postgresql://u:hunter2@h/db",
  ]) {
    const error = refusal(() => synthLayer((stack) => new StandIn(stack, "a", { labels: LABELS, name: value })));
    expect(error.message).toContain("no-secrets");
    expect(error.message).not.toContain(value);
  }
});

test("everything that breaks a rule is said at once", () => {
  const error = refusal(() =>
    synthLayer((stack) => {
      new StandIn(stack, "a", { name: new StandIn(stack, "b", { labels: LABELS }).name.toUpperCase() });
      new StandIn(stack, "c.d", { labels: LABELS });
    }),
  );
  const rules = error.problems.map(({ message }) => message.split(":")[0]);
  expect(rules.sort()).toEqual(["construct-id", "required-labels", "unresolved-token"]);
});

describe("a waiver", () => {
  const waiver: Waiver = {
    rule: "required-labels",
    reason: "made by others",
    owner: "a@acme.example",
    until: "2026-06-30",
  };
  /** The verdict on an environment with one resource that lacks its labels. */
  const unlabelled = (waivers: readonly Waiver[], today: string) => {
    const review = new PolicyReview(RULES);
    synthLayer(
      (stack) => {
        const bucket = new Construct(stack, "Bucket");
        review.visit(new StandIn(bucket, "Resource", { labels: { owner: "ml" } }));
      },
      { rules: [] },
    );
    return review.verdict(waivers, today);
  };

  test("lets its violation pass until its last day, and is reported with its owner", () => {
    expect(unlabelled([waiver], "2026-06-30")).toEqual([
      expect.objectContaining({ rule: "required-labels", owner: "a@acme.example", until: "2026-06-30" }),
    ]);
  });

  test("for a construct covers what stands below it, and nothing else", () => {
    expect(unlabelled([{ ...waiver, resource: "test-data/Bucket" }], "2026-01-01")).toHaveLength(1);
    expect(() => unlabelled([{ ...waiver, resource: "test-data/Buck" }], "2026-01-01")).toThrow(
      /labels lacks organisation[\s\S]*is not needed/,
    );
  });

  test("that ended is an error, and its violation comes back", () => {
    expect(() => unlabelled([waiver], "2026-07-01")).toThrow(/labels lacks organisation[\s\S]*ended on 2026-06-30/);
  });

  test("that nothing needs is an error", () => {
    expect(() => new PolicyReview(RULES).verdict([waiver], "2026-01-01")).toThrow(
      "is not needed: nothing breaks the rule",
    );
  });

  test("of a rule that is checked when the configuration is read is left to that", () => {
    const waivers = [{ ...waiver, rule: "single-gpu-zone" }];
    expect(new PolicyReview(RULES).verdict(waivers, "2026-01-01")).toEqual([]);
  });

  test("of an unknown rule is an error that lists the rules", () => {
    expect(() => new PolicyReview(RULES).verdict([{ ...waiver, rule: "labels" }], "2026-01-01")).toThrow(
      /names no rule\. Rules that can be waived: required-labels/,
    );
    expect(() => new PolicyReview(RULES).verdict([{ ...waiver, rule: "topic-keys" }], "2026-01-01")).toThrow(
      /names no rule\. Rules that can be waived: topic-key$/,
    );
  });

  test.each(RULES.filter(({ waivable }) => !waivable).map(({ id }) => id))("cannot be given for %s", (rule) => {
    expect(() => new PolicyReview(RULES).verdict([{ ...waiver, rule }], "2026-01-01")).toThrow(
      "this rule has no exceptions",
    );
  });
});

function refusal(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
