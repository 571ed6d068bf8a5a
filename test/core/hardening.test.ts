/** Each rule of the hardening tables lets pass what is safe, and refuses it when the value is gone or wrong. */
import {
  breaches,
  broken,
  covered,
  type HardeningContext,
  type HardeningRule,
  mutants,
  nameOf,
  type Resource,
} from "../../lib/core/hardening";
import { AZURE, AZURE_STACKS } from "../../lib/core/hardening/azure";
import { GOOGLE, GOOGLE_STACKS } from "../../lib/core/hardening/google";
import { AZURE_COMPUTE } from "./hardening-azure-compute";
import { AZURE_DELIVERY } from "./hardening-azure-delivery";
import { AZURE_NETWORK } from "./hardening-azure-network";
import { AZURE_CASES } from "./hardening-azure-stacks";
import { FIXTURES as GOOGLE_FIXTURES } from "./hardening-fixtures";
import { alone, GOOGLE_CASES } from "./hardening-stacks";

const PRODUCTION: HardeningContext = { production: true, ownKeys: true };
const DEVELOPMENT: HardeningContext = { production: false, ownKeys: false };

const RULES = [...GOOGLE, ...AZURE];
const STACK_RULES = [...GOOGLE_STACKS, ...AZURE_STACKS];
const FIXTURES = { ...GOOGLE_FIXTURES, ...AZURE_COMPUTE, ...AZURE_NETWORK, ...AZURE_DELIVERY };
const CASES = { ...GOOGLE_CASES, ...AZURE_CASES };

/** Numbers of Checkov's checks, and of the benchmarks for the clouds and for their clusters. */
const REF = /^(CKV2?_(GCP|AZURE)_\d+|CIS (GCP|GKE|Azure|AKS)( 1\.6\.0)? \d+(\.\d+)+)$/;

/** Fixtures that a rule counts for. */
function fixturesOf(rule: HardeningRule, context: HardeningContext): [string, Resource][] {
  return Object.entries(FIXTURES).flatMap(([type, resources]) =>
    resources
      .filter((resource) => covered(rule, alone(type, resource), context).length > 0)
      .map((resource): [string, Resource] => [type, resource]),
  );
}

const kinds = Object.entries(FIXTURES).flatMap(([type, resources]) =>
  resources.map((resource, index): [string, string, Resource] => [`${type} ${index}`, type, resource]),
);

test.each(kinds)("%s as it should be keeps every rule, in production and elsewhere", (_, type, resource) => {
  const stack = alone(type, resource);
  for (const context of [PRODUCTION, DEVELOPMENT])
    expect(
      RULES.flatMap((rule) => breaches(rule, stack, context).map(({ message }) => `${rule.id}: ${message}`)),
    ).toEqual([]);
});

describe.each(RULES.map((rule): [string, HardeningRule] => [rule.id, rule]))("the rule %s", (_, rule) => {
  test("refuses each way to leave its value out or to get it wrong", () => {
    const cases = fixturesOf(rule, PRODUCTION).flatMap(([type, resource]) =>
      mutants(rule, resource, PRODUCTION).map((mutant) => ({ type, mutant })),
    );
    expect(cases.length).toBeGreaterThan(0);
    for (const { type, mutant } of cases) {
      const found = breaches(rule, alone(type, mutant), PRODUCTION);
      if (found.length === 0) throw new Error(`lets pass ${JSON.stringify(mutant)}`);
      for (const { address, message, fix } of found) {
        expect(address).toBe(`${type}.it`);
        expect(`${message}.`).toContain(rule.why);
        expect(fix).toContain(nameOf(rule));
      }
    }
  });

  test("says why in a sentence, and what asks for it by number", () => {
    expect(rule.why).toMatch(/^[A-Z].*[^ ]\.$/);
    for (const ref of rule.refs) expect(ref).toMatch(REF);
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
  });
});

test("each rule that does not count everywhere leaves the other environments alone", () => {
  const narrow = RULES.filter(({ only }) => only !== undefined);
  expect(narrow.length).toBeGreaterThan(70);
  for (const rule of narrow)
    for (const [type, resource] of fixturesOf(rule, PRODUCTION))
      for (const mutant of mutants(rule, resource, PRODUCTION))
        expect(breaches(rule, alone(type, mutant), DEVELOPMENT)).toEqual([]);
});

test("no two rules have one id", () => {
  const ids = [...RULES, ...STACK_RULES].map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test("no value that may be a secret is shown", () => {
  const user = GOOGLE.find(({ id }) => id === "database-user-password");
  if (!user) throw new Error("no such rule");
  const [found] = breaches(user, alone("google_sql_user", { type: "BUILT_IN", password: "correct-horse" }), PRODUCTION);
  expect(found?.message).not.toContain("horse");
  const key = GOOGLE.find(({ id }) => id === "topic-key");
  if (!key) throw new Error("no such rule");
  expect(breaches(key, alone("google_pubsub_topic", { kms_key_name: "correct horse" }), PRODUCTION)[0]?.message).toBe(
    "kms_key_name is not as it has to be; wanted a key of the environment. Messages wait on disk under no key of ours",
  );
});

test("where the environment's file decides, the fix is what to write there, or who may let it pass", () => {
  const ingress = GOOGLE.find(({ id }) => id === "run-ingress");
  if (!ingress) throw new Error("no such rule");
  const open = alone("google_cloud_run_v2_service", { name: "serving", ingress: "INGRESS_TRAFFIC_ALL" });
  expect(breaches(ingress, open, PRODUCTION).map(({ fix }) => fix)).toEqual([
    expect.stringMatching(/^Write serving\.production\.expose: internal in .*policies\.waivers with rule: run-ingress/),
  ]);
});

test("a list without any block has none of what its blocks have to have", () => {
  const rule = AZURE.find(({ id }) => id === "alert-metric-reaches-people");
  if (!rule) throw new Error("no such rule");
  expect(broken(rule, { action: [] }, PRODUCTION)).toEqual([["action", "action_group_id"]]);
  expect(broken({ ...rule, path: "action?.action_group_id" }, { action: [] }, PRODUCTION)).toEqual([]);
});

test("each block of a list is looked at, and the wrong one is named", () => {
  const rule = GOOGLE.find(({ id }) => id === "run-image");
  if (!rule) throw new Error("no such rule");
  const good = { image: `serving@sha256:${"a".repeat(64)}` };
  const mixed = { template: [{ containers: [good, { image: "serving:latest" }] }] };
  expect(broken(rule, mixed, PRODUCTION)).toEqual([["template", 0, "containers", 1, "image"]]);
});

test.each(STACK_RULES.map((rule) => [rule.id, rule] as const))("the rule %s keeps a stack as a whole", (id, rule) => {
  const cases = CASES[id];
  if (!cases) throw new Error("write a stack that keeps it and some that break it");
  expect(rule.check(cases.keeps)).toEqual([]);
  for (const stack of cases.breaks) {
    const found = rule.check(stack);
    expect(found).toHaveLength(1);
    expect(found[0]?.fix).toMatch(/\w/);
  }
});
