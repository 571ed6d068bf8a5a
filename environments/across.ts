/** Rules that concern several environments at once. */
import { normalize } from "node:path";
import type { Problem } from "../lib/core/errors";
import type { Sections } from "./checks";
import { reporter } from "./issues";
import { overlap } from "./ranges";
import { type Entry, find } from "./tree";

const DEFAULT = "the default";

/** An environment as far as its files are right. */
export interface Outline {
  readonly name: string;
  readonly sections: Sections;
  readonly tree: Entry;
}

/** Holds environments against one another. */
export function checkAll(outlines: readonly Outline[]): Problem[] {
  return outlines.flatMap((later, index) =>
    [networks, projects, subscriptions, machines].flatMap((rule) => {
      const clashes = outlines.slice(0, index).map((earlier) => {
        const problems: Problem[] = [];
        rule(earlier, later, problems);
        return problems;
      });
      // Who shares one default shares them all: the first clash says what to do.
      return clashes.find((problems) => problems.length > 0) ?? [];
    }),
  );
}

/** Ranges of networks that may be peered, and of subnets in one network. */
function networks(earlier: Outline, later: Outline, problems: Problem[]): void {
  const network = networkOf(later);
  if (network === undefined || network !== networkOf(earlier)) return;
  for (const [path, range] of rangesOf(later)) {
    for (const [other, taken] of rangesOf(earlier)) {
      if (!overlap(range, taken)) continue;
      const message = `got ${range} in ${later.name}, which overlaps ${taken} of ${earlier.name} (${origin(earlier.tree, other)})`;
      const apart = network === PEERED ? ", or write network.isolated: true when the two are never peered" : "";
      report(later, path, message, `Give each its own range${apart}`, problems);
      return;
    }
  }
}

const PEERED = "any that may be peered";

/**
 * What an environment's ranges must be unique in. A network that exists already is somebody else's to plan, except that
 * environments on Azure make their subnets in it.
 */
function networkOf({ sections: { cloud, network, clouds } }: Outline): string | undefined {
  if (cloud !== "gcp" && cloud !== "azure") return undefined;
  const existing = clouds?.[cloud]?.existing?.network;
  if (existing) return cloud === "azure" ? existing.toLowerCase() : undefined;
  return network?.isolated ? undefined : PEERED;
}

function rangesOf({ sections: { network } }: Outline): (readonly [path: string, range: string])[] {
  if (!network) return [];
  const parts = Object.entries(network.ranges ?? {}).map(([name, range]) => [`network.ranges.${name}`, range] as const);
  return network.cidr ? [["network.cidr", network.cidr], ...parts] : parts;
}

/** A project of Google Cloud has one id and one number: what differs in one only was copied and half changed. */
function projects(earlier: Outline, later: Outline, problems: Problem[]): void {
  if (earlier.sections.cloud !== "gcp" || later.sections.cloud !== "gcp") return;
  const [a, b] = [earlier.sections.clouds?.gcp ?? {}, later.sections.clouds?.gcp ?? {}];
  if (!a.project || !b.project || !a.projectNumber || !b.projectNumber) return;
  if ((a.project === b.project) === (a.projectNumber === b.projectNumber)) return;
  const path = "clouds.gcp.projectNumber";
  const other = `${earlier.name} has project ${a.project} with number ${a.projectNumber} (${origin(earlier.tree, path)})`;
  const message = `got ${b.projectNumber} for project ${b.project} in ${later.name}, but ${other}`;
  const fix = `gcloud projects describe ${b.project} --format='value(projectNumber)' says which is right`;
  report(later, path, message, fix, problems);
}

/** A resource group has one environment, whose deployment may change all of it; a subscription has one tenant. */
function subscriptions(earlier: Outline, later: Outline, problems: Problem[]): void {
  if (earlier.sections.cloud !== "azure" || later.sections.cloud !== "azure") return;
  const [a, b] = [earlier.sections.clouds?.azure ?? {}, later.sections.clouds?.azure ?? {}];
  if (!a.subscription || a.subscription.toLowerCase() !== b.subscription?.toLowerCase()) return;
  if (a.tenant && b.tenant && a.tenant.toLowerCase() !== b.tenant.toLowerCase()) {
    const path = "clouds.azure.tenant";
    const other = `${earlier.name} has the same subscription in tenant ${a.tenant} (${origin(earlier.tree, path)})`;
    const fix = `az account show --subscription ${b.subscription} --query tenantId says which is right`;
    report(later, path, `got ${b.tenant} in ${later.name}, but ${other}`, fix, problems);
  }
  if (a.resourceGroup && a.resourceGroup.toLowerCase() === b.resourceGroup?.toLowerCase()) {
    const path = "clouds.azure.resourceGroup";
    const message = `got ${b.resourceGroup} in ${later.name}, which ${earlier.name} has (${origin(earlier.tree, path)}), wanted a group of its own: who deploys one environment could change the other`;
    report(later, path, message, "Name another group, or remove the line: one is made then", problems);
  }
}

/** Ports and folders of environments on this machine. */
function machines(earlier: Outline, later: Outline, problems: Problem[]): void {
  if (earlier.sections.cloud !== "local" || later.sections.cloud !== "local") return;
  const [a, b] = [earlier.sections.clouds?.local ?? {}, later.sections.clouds?.local ?? {}];
  if (a.directory && b.directory && nested(a.directory, b.directory)) {
    const path = "clouds.local.directory";
    const message = `got ${b.directory} in ${later.name}, wanted one apart from ${a.directory} of ${earlier.name} (${origin(earlier.tree, path)})`;
    report(later, path, message, "Give each a folder of its own, such as .mlops/NAME", problems);
  }
  const clashes = Object.entries(b.ports ?? {}).flatMap(([part, port]) => {
    const holder = Object.entries(a.ports ?? {}).find(([, taken]) => taken === port)?.[0];
    return holder ? [{ part, port, holder: `clouds.local.ports.${holder}` }] : [];
  });
  const isWritten = ({ part }: { part: string }) => origin(later.tree, `clouds.local.ports.${part}`) !== DEFAULT;
  for (const { part, port, holder } of clashes.filter(isWritten)) {
    const message = `got ${port} in ${later.name}, which ${holder} of ${earlier.name} has (${origin(earlier.tree, holder)})`;
    report(later, `clouds.local.ports.${part}`, message, "Give each its own port", problems);
  }
  const unwritten = clashes.filter((clash) => !isWritten(clash));
  if (unwritten.length === 0) return;
  const list = unwritten.map(({ part, port }) => `${part} ${port}`).join(", ");
  const message = `${later.name} has the default for ${list}, taken by ${earlier.name}`;
  report(later, "clouds.local.ports", message, "Write other ports for one of them", problems);
}

/** Whether two folders are one, or one is inside the other: purging one would delete the other. */
function nested(a: string, b: string): boolean {
  const [first, second] = [normalize(`./${a}/`), normalize(`./${b}/`)];
  const absolute = a.startsWith("/") === b.startsWith("/");
  return absolute && (first.startsWith(second) || second.startsWith(first));
}

function report(outline: Outline, path: string, message: string, fix: string, problems: Problem[]): void {
  reporter(outline.tree, problems)(path.split("."), message, fix);
}

/** `file:line` of a setting, or that it is the default. */
function origin(tree: Entry, path: string): string {
  const keys = path.split(".");
  const { entry, depth } = find(tree, keys);
  return depth === keys.length ? entry.source.line(entry.at.start) : DEFAULT;
}
