/** From what the files say to what everything else works with. */
import type { Digests } from "./images-lock";
import type { Cloud, Environment, EnvironmentFile, Substitution, Team } from "./schema";

const BACKENDS = { local: "local", kubernetes: "local", gcp: "gcs", azure: "azurerm" } as const satisfies Record<
  Cloud,
  string
>;

/** What an environment has beside its file. */
interface Beside {
  readonly teams: readonly Team[];
  readonly substitutions: readonly Substitution[];
  readonly images: Digests;
}

/** Completes a file that is right in itself. */
export function resolve(name: string, file: EnvironmentFile, { teams, substitutions, images }: Beside): Environment {
  const cloud = file.cloud;
  const existing = cloud === "gcp" || cloud === "azure" ? file.clouds[cloud]?.existing : undefined;
  return {
    ...file,
    name,
    backend: file.backend ?? defaultBackend(cloud),
    network: { ...file.network, ...(existing?.network && { existing: existing.network }) },
    kubernetes: { ...file.kubernetes, ...(existing?.cluster && { existing: existing.cluster }) },
    projects: file.projects.map((project) =>
      typeof project === "string" ? { name: project, parameters: {} } : project,
    ),
    review: { ...file.review, approvals: file.review.approvals ?? (file.tier === "production" ? 1 : 0) },
    teams: teams
      .filter((team) => file.teamLimits.only?.includes(team.name) ?? true)
      .map((team) => ({ ...team, quota: limited(team, file) })),
    images,
    substitutions: [...substitutions],
  } as Environment;
}

function defaultBackend(cloud: Cloud): Environment["backend"] {
  const type = BACKENDS[cloud];
  return type === "azurerm" ? { type, container: "tfstate" } : { type };
}

/** The team's quota after this environment's scale and maximum. */
function limited({ quota }: Team, { teamLimits: { scale, maximum } }: EnvironmentFile): Team["quota"] {
  const limit = (key: keyof Team["quota"]) =>
    Math.min(Math.ceil(quota[key] * scale), maximum[key] ?? Number.POSITIVE_INFINITY);
  return { cpu: limit("cpu"), memoryGiB: limit("memoryGiB"), gpu: limit("gpu"), storageGiB: limit("storageGiB") };
}
