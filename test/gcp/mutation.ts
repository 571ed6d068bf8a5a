/**
 * The mutation run: synthesizes a production environment with every part of Google Cloud, takes each hardened value away,
 * makes each wrong, and looks whether a rule notices. `node --import jiti/register test/gcp/mutation.ts` records the result
 * in mutations.json.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironment } from "../../environments/load";
import type { Environment } from "../../environments/schema";
import {
  asMap,
  breaches,
  covered,
  type HardeningContext,
  type HardeningRule,
  mutants,
  places,
  type Resource,
  replaced,
  valueAt,
} from "../../lib/core/hardening";
import { GOOGLE, GOOGLE_STACKS } from "../../lib/core/hardening/google";
import type { StackJson } from "../../lib/core/protected";
import { synthesize } from "../../stacks/synth";
import { EXCEPTIONS } from "./hardening-exceptions";
import { HARDENING_TABLE } from "./hardening-table";

/** What is recorded. */
export interface MutationResult {
  /** Values taken away or made wrong, one at a time. */
  readonly mutations: number;
  /** How many of them a rule refused. */
  readonly caught: number;
  /** How many none refuses, for the reasons in the table of exceptions. They are in neither of the numbers above. */
  readonly excused: number;
  /** Values of the hardening table by type: in how many resources each was taken away. */
  readonly takenAway: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Values made wrong, by rule: in how many ways and resources. */
  readonly madeWrong: Readonly<Record<string, number>>;
}

/** The result, and what is not to be recorded. */
export interface MutationRun {
  readonly result: MutationResult;
  /** Mutants that no rule refused and no exception excuses: `type.attribute of stack/address`. */
  readonly missed: readonly string[];
  /** Exceptions that excused one. */
  readonly excused: ReadonlySet<string>;
}

/** File of the recorded result. */
export const RECORD = join(__dirname, "mutations.json");

const CONTEXT: HardeningContext = { production: true, ownKeys: true };

/** Name of the environment whose data layer has a MySQL server too. */
const KUBEFLOW = "kubeflow";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

/** One of each kind of trigger. */
const RULES_OF_DELIVERY: Environment["delivery"]["rules"] = [
  { branch: "develop", environment: "prod", deploy: "automatic", afterGoodRuns: 0 },
  { branch: "main", environment: "prod", deploy: "onMerge", afterGoodRuns: 0 },
  { tag: "v*", environment: "prod", deploy: "approved", afterGoodRuns: 3 },
];

/** The shipped production environment with every switch on, once with each way to serve, and once with Kubeflow. */
export function environments(): Environment[] {
  const directory = join(__dirname, "../../environments");
  const shipped = loadEnvironment({ directory, name: "prod" });
  if (shipped.cloud !== "gcp") throw new Error("the shipped production environment is not on Google Cloud");
  const everything: Environment = {
    ...shipped,
    clouds: { ...shipped.clouds, gcp: { ...shipped.clouds.gcp, securityGroup: "gke-security-groups@acme.example" } },
    images: { tracking: digest("a"), serving: digest("b"), trigger: digest("c") },
    featureStore: {
      ...shipped.featureStore,
      enabled: true,
      groups: { patients: { entity: "patient", features: ["age"] } },
    },
    notebooks: { ...shipped.notebooks, enabled: true },
    autoMl: { ...shipped.autoMl, enabled: true },
    dataProcessing: { ...shipped.dataProcessing, enabled: true },
    dataIntegration: { ...shipped.dataIntegration, enabled: true },
    workflowEngine: { ...shipped.workflowEngine, enabled: true },
    delivery: { ...shipped.delivery, runner: "network", rules: RULES_OF_DELIVERY },
    policies: { ...shipped.policies, waivers: [] },
  };
  const serving = (target: "managed" | "serverless" | "instance", production: object): Environment => ({
    ...everything,
    name: target,
    serving: {
      ...everything.serving,
      production: { ...everything.serving.production, target, host: undefined, auth: "iam", ...production },
    },
  });
  return [
    everything,
    serving("managed", {}),
    serving("serverless", {}),
    serving("instance", { auth: "none", replicas: { min: 1, max: 1 } }),
    { ...everything, name: KUBEFLOW, orchestrator: "kubeflow", kubeflow: { tenancy: "shared" } },
  ];
}

/** Stacks by name; of the environments beside the first only what serves, and what only Kubeflow has. */
async function stacks(): Promise<[string, StackJson][]> {
  const outdir = mkdtempSync(join(tmpdir(), "mlops-mutation-"));
  try {
    const [first, ...others] = environments();
    const all = first ? [first, ...others] : [];
    const { stacks } = await synthesize(all, { outdir, assume: true, today: "2026-01-01" });
    return Object.values(stacks)
      .filter(
        ({ environment, layer }) =>
          environment === first?.name || layer === (environment === KUBEFLOW ? "data" : "serving"),
      )
      .map(({ name, synthesizedStackPath }) => [
        name,
        JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as StackJson,
      ]);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Takes every value of the table away and makes every value of a rule wrong, one at a time. */
export async function mutationRun(): Promise<MutationRun> {
  const tally = new Tally();
  for (const [name, stack] of await stacks()) {
    for (const [type, id, resource] of resourcesOf(stack)) {
      for (const attribute of HARDENING_TABLE[type] ?? []) {
        for (const mutant of without(resource, attribute))
          tally.takenAway(type, attribute, `${name}/${type}.${id}`, noticed(stack, `${type}.${id}`, mutant));
      }
    }
    for (const rule of GOOGLE) {
      for (const [address, resource] of covered(rule, stack, CONTEXT)) {
        for (const mutant of mutants(rule, resource, CONTEXT))
          tally.madeWrong(rule.id, `${name}/${address}`, noticed(stack, address, mutant));
      }
    }
  }
  return tally.run();
}

/** Counts as it goes. */
class Tally {
  private readonly away: Record<string, Record<string, number>> = {};
  private readonly wrong: Record<string, number> = {};
  private readonly missed: string[] = [];
  private readonly excused: string[] = [];
  private caught = 0;

  takenAway(type: string, attribute: string, address: string, noticed: boolean): void {
    const key = `${type}.${attribute}`;
    if (!noticed && EXCEPTIONS[key]?.resources?.test(address)) {
      this.excused.push(key);
      return;
    }
    const ofType = this.away[type] ?? {};
    this.away[type] = { ...ofType, [attribute]: (ofType[attribute] ?? 0) + 1 };
    this.note(noticed, `${key} of ${address}`);
  }

  madeWrong(rule: string, address: string, noticed: boolean): void {
    this.wrong[rule] = (this.wrong[rule] ?? 0) + 1;
    this.note(noticed, `${rule} of ${address}`);
  }

  run(): MutationRun {
    const { caught, missed, excused } = this;
    const result = {
      mutations: caught + missed.length,
      caught,
      excused: excused.length,
      takenAway: sorted(Object.fromEntries(Object.entries(this.away).map(([type, counts]) => [type, sorted(counts)]))),
      madeWrong: sorted(this.wrong),
    };
    return { result, missed, excused: new Set(excused) };
  }

  private note(noticed: boolean, what: string): void {
    if (noticed) this.caught += 1;
    else this.missed.push(what);
  }
}

/** Copies of a resource, each without the attribute at one of the places where it has it. */
function without(resource: Resource, attribute: string): Resource[] {
  const [, path = attribute, entry] = /^(.*)\((.*)\)$/.exec(attribute) ?? [];
  return places(resource, path).flatMap((place) => {
    const value = valueAt(resource, place);
    if (value === undefined) return [];
    if (entry === undefined) return [replaced(resource, place, undefined)];
    const list = Array.isArray(value) ? value : [];
    const rest = list.filter((each) => asMap(each).name !== entry);
    return rest.length < list.length ? [replaced(resource, place, rest)] : [];
  });
}

/** Whether any rule refuses a stack in which one resource is another. */
function noticed(stack: StackJson, address: string, mutant: Resource): boolean {
  const [type = "", id = ""] = address.split(".");
  const alone: StackJson = { resource: { [type]: { [id]: mutant } } };
  if (rulesFor(type).some((rule) => breaches(rule, alone, CONTEXT).length > 0)) return true;
  const whole = { ...stack, resource: { ...stack.resource, [type]: { ...stack.resource?.[type], [id]: mutant } } };
  return GOOGLE_STACKS.some((rule) => rule.check(whole).length > 0);
}

const byType = new Map<string, readonly HardeningRule[]>();

function rulesFor(type: string): readonly HardeningRule[] {
  const known = byType.get(type);
  if (known) return known;
  const found = GOOGLE.filter((rule) => (typeof rule.type === "string" ? rule.type === type : rule.type.test(type)));
  byType.set(type, found);
  return found;
}

function resourcesOf(stack: StackJson): [string, string, Resource][] {
  return Object.entries(stack.resource ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, body]): [string, string, Resource] => [type, id, asMap(body)]),
  );
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The text of the record. */
export function recorded(result: MutationResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

if (process.argv[1]?.endsWith("mutation.ts")) {
  mutationRun().then(({ result, missed }) => {
    writeFileSync(RECORD, recorded(result));
    process.stdout.write(
      `${result.caught} of ${result.mutations} caught\n${missed.map((each) => `missed: ${each}\n`).join("")}`,
    );
    process.exitCode = missed.length > 0 ? 1 : 0;
  });
}
