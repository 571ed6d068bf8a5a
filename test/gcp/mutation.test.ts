/** The hardened values of a production environment are taken away one by one: a rule notices each. */
import { readFileSync } from "node:fs";
import { nameOf } from "../../lib/core/hardening";
import { GOOGLE } from "../../lib/core/hardening/google";
import { type MutationRun, mutationRun, recorded } from "../support/mutation";
import { EXCEPTIONS } from "./hardening-exceptions";
import { HARDENING_TABLE } from "./hardening-table";
import { GOOGLE_CLOUD, RECORD } from "./mutation";

let run: MutationRun;
beforeAll(async () => {
  run = await mutationRun(GOOGLE_CLOUD);
}, 60_000);

test("no hardened value can be taken away or made wrong unnoticed", () => {
  expect(run.missed).toEqual([]);
  expect(run.result.caught).toBe(run.result.mutations);
  expect(run.result.mutations).toBeGreaterThan(1000);
});

test("the recorded result is the present one (record it: node --import jiti/register test/gcp/mutation.ts)", () => {
  expect(readFileSync(RECORD, "utf8")).toBe(recorded(run.result));
});

const ATTRIBUTES = Object.entries(HARDENING_TABLE).flatMap(([type, attributes]) =>
  attributes.map((attribute): [string, string] => [type, attribute]),
);

test.each(ATTRIBUTES)("%s: %s is taken away somewhere, or a reason says why not", (type, attribute) => {
  const exception = EXCEPTIONS[`${type}.${attribute}`];
  const times = run.result.takenAway[type]?.[attribute] ?? 0;
  if (times === 0 && exception === undefined) throw new Error("no resource has it, and no reason says why");
});

test("each exception is of the table, is needed, and gives its reason", () => {
  const known = ATTRIBUTES.map(([type, attribute]) => `${type}.${attribute}`);
  for (const [key, { reason, resources }] of Object.entries(EXCEPTIONS)) {
    expect(known).toContain(key);
    expect(reason.length).toBeGreaterThan(30);
    const [type = "", ...attribute] = key.split(".");
    const times = run.result.takenAway[type]?.[attribute.join(".")] ?? 0;
    // Without resources it has to be true that nothing has the attribute.
    expect([key, resources === undefined ? times === 0 : run.excused.has(key)]).toEqual([key, true]);
  }
});

test("no rule could be lost unnoticed: the table asks for what each demands", () => {
  const lonely = GOOGLE.filter(({ demand, path }) => !demand.optional && path !== "").filter((rule) => {
    const asked = HARDENING_TABLE[typeof rule.type === "string" ? rule.type : "google_project_iam_member"] ?? [];
    const name = nameOf(rule);
    return !asked.some(
      (each) =>
        each === name || each.startsWith(`${name}.`) || each.startsWith(`${name}(`) || name.startsWith(`${each}.`),
    );
  });
  expect(lonely.map(({ id }) => id)).toEqual([]);
});

test("each rule that no resource of the estate is held to is known", () => {
  const idle = GOOGLE.filter(({ id }) => run.result.madeWrong[id] === undefined).map(({ id }) => id);
  expect(idle.sort()).toEqual([...IDLE].sort());
});

/** Rules for what these environments do not have. Each is proved by its fixture. */
const IDLE: readonly string[] = [
  // Batches are started by steps, not by Terraform.
  "batch-account",
  "batch-key",
  // Schedules publish to the topic, and call no address.
  "schedule-account",
  // Source code is at another host here.
  "source-private",
  // Networks have no IPv6, and zones are private.
  "subnet-private-ipv6",
  "zone-algorithm",
  "zone-signed",
  // Builds stand in files of the repository, not in triggers.
  "trigger-build-images",
  // The workflow engine is Composer.
  "workflow-account",
  "workflow-key",
];
