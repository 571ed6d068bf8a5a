/**
 * What a cloud cannot do. Asked for in the environment's own file it is refused with the nearest choice that works.
 * base.yaml speaks for every cloud: what it asks for, and what is the default, is replaced by that choice and listed
 * under `substitutions`, so that one base.yaml serves the local environment as it is.
 */

import { AZURE_LIMITS } from "./azure-limits";
import type { Sections } from "./checks";
import { GOOGLE_LIMITS } from "./google-limits";
import { given, isNot, isRecord, type Limit } from "./limit";
import type { Cloud, Substitution } from "./schema";

const LIMITS: Readonly<Record<Cloud, readonly Limit[]>> = {
  local: [
    {
      path: ["orchestrator"],
      cannot: isNot("managed"),
      use: "managed",
      because: "pipelines run by kfp's local runner",
    },
    {
      path: ["serving", "qa", "target"],
      cannot: isNot("process"),
      use: "process",
      because: "QA is a process on this machine",
    },
    {
      path: ["serving", "production", "target"],
      cannot: isNot("process"),
      use: "process",
      because: "production is two processes behind the gateway",
    },
    {
      path: ["serving", "production", "expose"],
      cannot: isNot("internal"),
      use: "internal",
      because: "everything listens on 127.0.0.1 only",
    },
    {
      path: ["serving", "production", "auth"],
      cannot: isNot("none"),
      use: "none",
      because: "everything listens on 127.0.0.1 only",
    },
    {
      path: ["serving", "production", "host"],
      cannot: given,
      use: undefined,
      because: "the gateway's address is 127.0.0.1",
      harmless: true,
    },
    { path: ["metadata", "highAvailability"], cannot: isNot(false), use: false, because: "there is one machine" },
    {
      path: ["encryption", "ownKeys"],
      cannot: isNot(false),
      use: false,
      because: "there is no key service; use an encrypted disk",
    },
    {
      path: ["backend"],
      cannot: (value) => isRecord(value) && given(value.type) && value.type !== "local",
      use: { type: "local" },
      because: "its state stays with its data",
    },
    { path: ["budget"], cannot: given, use: undefined, because: "it costs nothing", harmless: true },
  ],
  kubernetes: [
    {
      path: ["orchestrator"],
      cannot: isNot("kubeflow"),
      use: "kubeflow",
      because: "a cluster brings no managed orchestrator",
    },
    {
      path: ["serving", "qa", "target"],
      cannot: isNot("container"),
      use: "container",
      because: "QA runs in the cluster",
    },
    {
      path: ["serving", "production", "target"],
      cannot: isNot("kubernetes"),
      use: "kubernetes",
      because: "there is only the cluster",
    },
    {
      path: ["serving", "production", "auth"],
      cannot: isNot("none", "oidc"),
      use: "oidc",
      because: "there are no cloud identities",
    },
    {
      path: ["budget"],
      cannot: given,
      use: undefined,
      because: "the cluster's cost is not known here",
      harmless: true,
    },
  ],
  gcp: [...onACloud(), ...GOOGLE_LIMITS],
  azure: [...onACloud(), ...AZURE_LIMITS],
};

function onACloud(): readonly Limit[] {
  return [
    {
      path: ["serving", "qa", "target"],
      cannot: (value) => value === "process",
      use: "container",
      because: "processes are for cloud: local",
    },
    {
      path: ["serving", "production", "target"],
      cannot: isNot("kubernetes", "managed", "serverless", "instance"),
      use: "kubernetes",
      because: "processes are for cloud: local",
    },
  ];
}

/** A setting that the cloud cannot do. */
export interface Refusal {
  readonly path: readonly string[];
  readonly message: string;
  readonly fix: string;
}

/**
 * Holds an environment against what its cloud can do.
 * @param own whether the environment's own file says something at a path
 * @returns the file with replacements made, what was replaced, and what is refused
 */
export function adapt(
  file: Sections,
  cloud: Cloud,
  own: (path: readonly string[]) => boolean,
): { file: Sections; substitutions: Substitution[]; refusals: Refusal[] } {
  const substitutions: Substitution[] = [];
  const refusals: Refusal[] = [];
  let adapted = file;
  for (const { path, cannot, use: nearest, because, harmless } of LIMITS[cloud]) {
    const asked = valueAt(file, path);
    // Absent because it was refused already, or because nobody asks for it.
    if (asked === undefined || !cannot(asked, file)) continue;
    const use: unknown = typeof nearest === "function" ? nearest(asked) : nearest;
    if (own(path) && !harmless) {
      refusals.push({
        path,
        message: `cloud ${cloud} cannot do ${shown(asked)}: ${because}`,
        fix: `Write ${written(use)}, or remove it`,
      });
      continue;
    }
    substitutions.push({ path: path.join("."), asked, used: use ?? null, because });
    adapted = replaced(adapted, path, use) as Sections;
  }
  return { file: adapted, substitutions, refusals };
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  return isRecord(value) && "type" in value ? String(value.type) : String(value);
}

function written(use: unknown): string {
  if (Array.isArray(use)) return `[${shown(use)}]`;
  return isRecord(use) ? `{ type: ${shown(use)} }` : String(use);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value);
}

/** A copy with another value at the path; undefined removes it. */
function replaced(value: unknown, [key = "", ...rest]: readonly string[], use: unknown): unknown {
  const { [key]: below, ...others } = isRecord(value) ? value : {};
  const next = rest.length > 0 ? replaced(below, rest, use) : use;
  return next === undefined ? others : { ...others, [key]: next };
}
