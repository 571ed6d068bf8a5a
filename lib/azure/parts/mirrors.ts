/** Outside registries that images are fetched from through the environment's own. Does not load the engine. */

/** One outside registry. */
export interface Mirror {
  /** Host as it stands in front of an image's name. */
  readonly upstream: string;
}

/**
 * Those that the registry fetches from without a login,
 * https://learn.microsoft.com/en-us/azure/container-registry/artifact-cache-overview#upstream-support.
 *
 * Docker Hub is not among them: Azure fetches from there with somebody's user name and token only. Its official images are
 * also at `public.ecr.aws/docker/library`, and so under `mirror-ecr/docker/library`. Nor are packages of PyPI: builds fetch
 * those through the NAT gateway, or from a feed of Azure Artifacts.
 */
export const MIRRORS = {
  ecr: { upstream: "public.ecr.aws" },
  gcr: { upstream: "gcr.io" },
  ghcr: { upstream: "ghcr.io" },
  k8s: { upstream: "registry.k8s.io" },
  mcr: { upstream: "mcr.microsoft.com" },
  quay: { upstream: "quay.io" },
} as const satisfies Record<string, Mirror>;

/** A mirror's name. */
export type MirrorName = keyof typeof MIRRORS;

/** Names of every mirror, in the order of the table. */
export const MIRROR_NAMES = Object.keys(MIRRORS) as readonly MirrorName[];

/** Path in the registry under which an outside registry's images are found: `mirror-ghcr/OWNER/IMAGE`. */
export function mirrorPath(name: MirrorName): string {
  return `mirror-${name}`;
}
