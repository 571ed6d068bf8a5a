/** The tests of a cloud's mutation run: its hardened values are taken away one by one, and a rule notices each. */
import { readFileSync } from "node:fs";
import { type HardeningRule, nameOf } from "../../lib/core/hardening";
import { type MutationCloud, type MutationRun, mutationRun, recorded } from "./mutation";

/** A cloud's run, and what is known of it. */
export interface MutationSuite {
  readonly cloud: MutationCloud;
  /** File of the recorded result. */
  readonly record: string;
  /** Command that records it. */
  readonly recordedBy: string;
  /** Ids of rules for what the environments do not have. Each is proved by its fixture. */
  readonly idle: readonly string[];
}

/** Makes the tests of a file. */
export function testMutations({ cloud, record, recordedBy, idle }: MutationSuite): void {
  const { rules, table, exceptions } = cloud;
  let run: MutationRun;
  beforeAll(async () => {
    run = await mutationRun(cloud);
  }, 120_000);

  test("no hardened value can be taken away or made wrong unnoticed", () => {
    expect(run.missed).toEqual([]);
    expect(run.result.caught).toBe(run.result.mutations);
    expect(run.result.mutations).toBeGreaterThan(1000);
  });

  test(`the recorded result is the present one (record it: ${recordedBy})`, () => {
    expect(readFileSync(record, "utf8")).toBe(recorded(run.result));
  });

  const attributes = Object.entries(table).flatMap(([type, names]) =>
    names.map((attribute): [string, string] => [type, attribute]),
  );

  test.each(attributes)("%s: %s is taken away somewhere, or a reason says why not", (type, attribute) => {
    const exception = exceptions[`${type}.${attribute}`];
    const times = run.result.takenAway[type]?.[attribute] ?? 0;
    if (times === 0 && exception === undefined) throw new Error("no resource has it, and no reason says why");
  });

  test("each exception is of the table, is needed, and gives its reason", () => {
    for (const [key, { reason, resources }] of Object.entries(exceptions)) {
      const [type, attribute] = attributes.find((each) => each.join(".") === key) ?? [];
      if (type === undefined || attribute === undefined) throw new Error(`${key} is not in the table`);
      expect(reason.length).toBeGreaterThan(30);
      const times = run.result.takenAway[type]?.[attribute] ?? 0;
      // Without resources it has to be true that nothing has the attribute.
      expect([key, resources === undefined ? times === 0 : run.excused.has(key)]).toEqual([key, true]);
    }
  });

  test("no rule could be lost unnoticed: the table asks for what each demands", () => {
    const lonely = rules
      .filter(({ demand, path }) => !demand.optional && path !== "")
      .filter((rule) => {
        const name = nameOf(rule);
        return !asked(rule, table).some(
          (each) =>
            each === name || each.startsWith(`${name}.`) || each.startsWith(`${name}(`) || name.startsWith(`${each}.`),
        );
      });
    expect(lonely.map(({ id }) => id)).toEqual([]);
  });

  test("each rule that no resource of the estate is held to is known", () => {
    const found = rules.filter(({ id }) => run.result.madeWrong[id] === undefined).map(({ id }) => id);
    expect(found.sort()).toEqual([...idle].sort());
  });
}

/** What the table asks of the types of a rule. */
function asked({ type }: HardeningRule, table: MutationCloud["table"]): readonly string[] {
  return Object.entries(table)
    .filter(([each]) => (typeof type === "string" ? type === each : type.test(each)))
    .flatMap(([, attributes]) => attributes);
}
