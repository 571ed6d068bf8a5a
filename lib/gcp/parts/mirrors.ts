/** Outside registries that the estate reaches through a repository of its own. Does not load the engine. */

/** One outside registry. */
export interface Mirror {
  readonly format: "DOCKER" | "PYTHON";
  /** Host as it stands in front of an image's name, or the index of packages. */
  readonly upstream: string;
}

/** Outside registries by name. Nodes and builds without a way out get images and packages through their mirrors. */
export const MIRRORS = {
  dockerhub: { format: "DOCKER", upstream: "docker.io" },
  gcr: { format: "DOCKER", upstream: "gcr.io" },
  ghcr: { format: "DOCKER", upstream: "ghcr.io" },
  k8s: { format: "DOCKER", upstream: "registry.k8s.io" },
  quay: { format: "DOCKER", upstream: "quay.io" },
  pypi: { format: "PYTHON", upstream: "pypi.org" },
} as const satisfies Record<string, Mirror>;

/** A mirror's name. */
export type MirrorName = keyof typeof MIRRORS;

/** Names of every mirror, in the order of the table. */
export const MIRROR_NAMES = Object.keys(MIRRORS) as readonly MirrorName[];

/** Names of those that hold container images. */
export const IMAGE_MIRRORS = MIRROR_NAMES.filter((name) => MIRRORS[name].format === "DOCKER");
