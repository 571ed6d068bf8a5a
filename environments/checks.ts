/** Rules that concern more than one setting of an environment. What zod refused is absent, and what is absent is left out. */
import { posix } from "node:path";
import type { z } from "zod";
import { AZURE_SERVING_LIMITS } from "../lib/core/azure-serving-limits";
import type { ConfigRule } from "../lib/core/config-rules";
import { SERVING_LIMITS } from "../lib/core/google-serving-limits";
import { SYSTEM_POOL } from "../lib/core/system-pool";
import { network } from "./addresses";
import { azureGpus, azurePlaces, severalZones } from "./azure";
import {
  azureBudget,
  azureExisting,
  azureMachineTypes,
  azurePipelines,
  azureQa,
  azureSchedule,
} from "./azure-services";
import { gpus, places } from "./google";
import { wishOf } from "./limit";
import { addresses } from "./ranges";
import type { Salvaged } from "./salvage";
import type { AnyEnvironmentFile } from "./schema";
import { archive, featureStore, infrastructure, workflowEngine } from "./services";
import { nearest } from "./suggest";

/** What the files say, as far as it is right. */
export type Sections = Salvaged<z.output<typeof AnyEnvironmentFile>>;

/** Says that something is wrong at a path. */
export type Report = (path: readonly PropertyKey[], message: string, fix?: string) => void;

/** What an environment's settings are held against. */
export interface Surroundings {
  /** Names of all environments. */
  readonly environments: readonly string[];
  /** Names of all projects; absent when they are not known. */
  readonly projects?: readonly string[];
  /** Names of all teams. */
  readonly teams: readonly string[];
  /** Today, `2027-01-31`; absent where the result must not depend on the day. */
  readonly today?: string;
}

/** What each cloud takes beside the platform's own labels: Azure 50 tags, Google Cloud 64 labels. */
const MOST_LABELS = 32;

/** Folders of a workspace and of a clone that hold something else. */
const TAKEN = ["environments", "cdktf.out", "node_modules", ".git", ".mlops/locks", ".mlops/python"];

const OPEN: ConfigRule = "open-control-plane";

/** Ranges with more addresses than this, 10.0.0.0/8, are no office. */
const MOST_ADDRESSES = 2 ** 24;

/** What production cannot be on a cloud, beside what another choice replaces. */
const LIMITS = { gcp: SERVING_LIMITS, azure: AZURE_SERVING_LIMITS } as const;

const CHECKS = [
  labels,
  places,
  azurePlaces,
  network,
  cluster,
  severalZones,
  gpus,
  azureGpus,
  azureMachineTypes,
  azureExisting,
  access,
  local,
  delivery,
  azurePipelines,
  infrastructure,
  projects,
  workflowEngine,
  featureStore,
  serving,
  azureQa,
  azureSchedule,
  archive,
  spending,
  azureBudget,
  waivers,
  tenancy,
];

/** Runs every rule. */
export function check(sections: Sections, around: Surroundings, report: Report): void {
  for (const rule of CHECKS) rule(sections, report, around);
}

function labels({ labels }: Sections, report: Report): void {
  const count = Object.keys(labels ?? {}).length;
  if (count > MOST_LABELS) report(["labels"], `got ${count} labels, wanted at most ${MOST_LABELS}`);
}

function cluster({ kubernetes }: Sections, report: Report): void {
  for (const [name, pool] of Object.entries(kubernetes?.pools ?? {})) {
    if (name === SYSTEM_POOL.name) {
      const message = `got the name ${name}, which the pool has that is always there`;
      report(["kubernetes", "pools", name], message, "Choose another name");
    }
    atMost(["kubernetes", "pools", name], "min", pool?.min, "max", pool?.max, report);
  }
}

function atMost(
  path: readonly PropertyKey[],
  low: string,
  lowValue: number | undefined,
  high: string,
  highValue: number | undefined,
  report: Report,
): void {
  if (lowValue === undefined || highValue === undefined || lowValue <= highValue) return;
  report([...path, low], `got ${lowValue}, wanted at most ${high}, which is ${highValue}`);
}

function access({ kubernetes, policies, tier }: Sections, report: Report): void {
  for (const [index, range] of (kubernetes?.authorizedNetworks ?? []).entries()) {
    if (!range || addresses(range) <= MOST_ADDRESSES) continue;
    const path = ["kubernetes", "authorizedNetworks", index];
    const got = `got ${range}, ${range.endsWith("/0") ? "the whole internet" : "a large part of the internet"}, wanted the ranges of your offices and build machines`;
    const waived = policies?.waivers?.some((waiver) => waiver?.rule === OPEN);
    if (tier === "production") report(path, got);
    else if (!waived) report(path, got, `Or waive the rule ${OPEN} under policies.waivers`);
  }
}

function local({ cloud, clouds }: Sections, report: Report): void {
  if (cloud !== "local") return;
  const { directory = "" } = clouds?.local ?? {};
  const folder = posix.normalize(`${directory}/`);
  if (folder === ".mlops/" || TAKEN.some((taken) => folder.startsWith(`${taken}/`))) {
    const message = `got ${directory}, which holds something else, wanted a folder of its own`;
    report(["clouds", "local", "directory"], message, "Write a folder such as .mlops/local");
  }
  const taken = new Map<number, string>();
  for (const [name, port] of Object.entries(clouds?.local?.ports ?? {})) {
    const first = taken.get(port);
    if (first) report(["clouds", "local", "ports", name], `got ${port}, which clouds.local.ports.${first} has already`);
    else taken.set(port, name);
  }
}

function delivery({ delivery, cloud }: Sections, report: Report, { environments }: Surroundings): void {
  const rules = delivery?.rules ?? [];
  const seen = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    const { branch, tag, environment, afterGoodRuns = 0 } = rule ?? {};
    const path = ["delivery", "rules", index];
    if (!environment) continue;
    if (!environments.includes(environment)) {
      const near = nearest(environment, environments);
      const message = `got ${JSON.stringify(environment)}, wanted one of ${environments.join(", ")}`;
      report([...path, "environment"], message, near ? `Did you mean ${near}?` : `Add ${environment}.yaml`);
    }
    const way = branch || tag ? `${branch ? "branch" : "tag"} ${branch ?? tag} → ${environment}` : undefined;
    const first = way && seen.get(way);
    if (first !== undefined) report(path, `${way} stands here again, first as delivery.rules[${first}]`);
    if (way) seen.set(way, index);
    const before = rules.slice(0, index).some((earlier) => !earlier || earlier.environment !== environment);
    if (afterGoodRuns > 0 && !before) {
      const message = `got ${afterGoodRuns}, but no rule before this one leads to another environment that could have the runs`;
      report([...path, "afterGoodRuns"], message);
    }
  }
  if (rules.length > 0 && delivery && !("source" in delivery) && (cloud === "gcp" || cloud === "azure")) {
    report(["delivery", "source"], "missing, wanted the repository that the rules listen to");
  }
}

function projects({ projects }: Sections, report: Report, around: Surroundings): void {
  const seen = new Set<string>();
  for (const [index, project] of (projects ?? []).entries()) {
    const name = typeof project === "object" ? project.name : project;
    if (name === undefined) continue;
    const path = ["projects", index, ...(typeof project === "object" ? ["name"] : [])];
    if (seen.has(name)) report(path, `${name} stands here again`);
    seen.add(name);
    reportUnknownProject(name, path, around, report);
  }
}

/** Reports a project that has no folder. */
export function reportUnknownProject(
  name: string,
  path: readonly PropertyKey[],
  { projects }: Surroundings,
  report: Report,
): void {
  if (!projects || projects.includes(name)) return;
  const near = nearest(name, projects);
  const known = projects.length > 0 ? projects.join(", ") : "none yet";
  const message = `got ${JSON.stringify(name)}, which has no folder under pipelines/projects (there: ${known})`;
  report(path, message, near && `Did you mean ${near}?`);
}

function serving(sections: Sections, report: Report): void {
  const { serving, cloud } = sections;
  const { expose, auth, replicas, issuer } = serving?.production ?? {};
  const path = ["serving", "production"];
  if (cloud !== "local" && expose === "public" && auth === "none") {
    report([...path, "auth"], "got none with expose: public, wanted oidc or iam");
  }
  if (cloud !== "local" && issuer && auth && auth !== "oidc") {
    report([...path, "issuer"], `has no effect with auth: ${auth}, wanted auth: oidc`);
  }
  atMost([...path, "replicas"], "min", replicas?.min, "max", replicas?.max, report);
  const wish = wishOf(sections);
  for (const limit of cloud === "gcp" || cloud === "azure" ? LIMITS[cloud] : []) {
    if (wish?.target !== limit.target || limit.instead || !limit.beyond(wish)) continue;
    report([...path, limit.key], limit.message, limit.fix);
  }
  const load = serving?.checks?.load;
  atMost(["serving", "checks", "load"], "maxP95Ms", load?.maxP95Ms, "maxP99Ms", load?.maxP99Ms, report);
}

function spending({ budget, cloud, clouds }: Sections, report: Report): void {
  if (!budget || cloud !== "gcp" || !clouds?.gcp || "billingAccount" in clouds.gcp) return;
  report(["clouds", "gcp", "billingAccount"], "missing, wanted the billing account that the budget watches");
}

function waivers({ policies }: Sections, report: Report, { today }: Surroundings): void {
  for (const [index, waiver] of (policies?.waivers ?? []).entries()) {
    const { until, rule } = waiver ?? {};
    if (!today || !until) continue;
    const path = ["policies", "waivers", index, "until"];
    const latest = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
    if (until > latest) report(path, `got ${until}, wanted a day within a year, ${latest} at the latest`);
    if (until >= today) continue;
    const message = `got ${until}, which is past: the waiver of ${rule ?? "the rule"} has ended`;
    report(path, message, "Meet the rule, or have the waiver renewed");
  }
}

function tenancy({ orchestrator, kubeflow, teamLimits }: Sections, report: Report, { teams }: Surroundings): void {
  for (const [index, name] of (teamLimits?.only ?? []).entries()) {
    if (!name || teams.includes(name)) continue;
    const near = nearest(name, teams);
    const message = `got ${JSON.stringify(name)}, wanted one of ${teams.join(", ") || "the teams (there are none)"}`;
    report(["teamLimits", "only", index], message, near && `Did you mean ${near}?`);
  }
  const here = teamLimits?.only?.length ?? teams.length;
  if (orchestrator === "kubeflow" && kubeflow && kubeflow.tenancy !== "shared" && here > 1) {
    const message = `missing, wanted shared: standalone Kubeflow Pipelines does not isolate the ${here} teams from one another`;
    report(["kubeflow", "tenancy"], message, "Write kubeflow: { tenancy: shared }, or orchestrator: managed");
  }
}
