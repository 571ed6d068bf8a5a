import type { IImageRegistry } from "../contracts/image-registry";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { SECONDS_PER_DAY } from "../core/time";
import { Construct } from "../framework";
import { ArtifactRegistryRepository, ArtifactRegistryRepositoryIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";
import { MIRROR_NAMES, MIRRORS, type Mirror, type MirrorName } from "./parts/mirrors";

/** Roles on one repository, https://cloud.google.com/artifact-registry/docs/access-control#roles. */
const ROLES = { pull: "roles/artifactregistry.reader", push: "roles/artifactregistry.writer" } as const;

/** What the estate makes itself. */
const OWN = {
  images: { format: "DOCKER", description: "Images, deployed by digest" },
  pipelines: { format: "KFP", description: "Compiled pipelines" },
  packages: { format: "PYTHON", description: "Python packages of pipeline steps" },
} as const;
type OwnRole = keyof typeof OWN;

/** Versions of each image or package that stay, however old. */
const KEPT_VERSIONS = 50;
/** An image without a tag is one that a later push took it from, or a failed build. */
const UNTAGGED_DAYS = 30;
/** Compiled pipelines and packages beyond the versions that stay. */
const PACKAGE_DAYS = 365;
/** What was fetched through a mirror is fetched again when it is asked for. */
const MIRRORED_DAYS = 365;

/** Repositories of Artifact Registry: own images, pipelines and packages, and mirrors of outside registries. */
export class GcpImageRegistry extends Construct implements IImageRegistry {
  readonly prefix: string;
  readonly grants: { pull(to: IWorkloadIdentity): void; push(to: IWorkloadIdentity): void };

  constructor(
    scope: Construct,
    id: string,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const own = (Object.keys(OWN) as OwnRole[]).map((role) => this.own(role));
    const mirrors = MIRROR_NAMES.map((mirror) => this.mirror(mirror));
    this.prefix = estate.imagePrefix;
    this.grants = {
      pull: (to) => this.grant(to, [...own, ...mirrors], "pull"),
      push: (to) => this.grant(to, own, "push"),
    };
  }

  private own(role: OwnRole): string {
    const { format, description } = OWN[role];
    return this.repository(role, role, {
      format,
      description,
      mode: "STANDARD_REPOSITORY",
      cleanupPolicies: [
        { id: "keep-recent", action: "KEEP", mostRecentVersions: { keepCount: KEPT_VERSIONS } },
        format === "DOCKER"
          ? removeAfter("delete-untagged", UNTAGGED_DAYS, "UNTAGGED")
          : removeAfter("delete-old", PACKAGE_DAYS, "ANY"),
      ],
      ...(format === "DOCKER" ? { dockerConfig: { immutableTags: true } } : {}),
    });
  }

  private mirror(name: MirrorName): string {
    const mirror: Mirror = MIRRORS[name];
    return this.repository(`Mirror-${name}`, `mirror-${name}`, {
      format: mirror.format,
      description: `What was fetched from ${mirror.upstream}`,
      mode: "REMOTE_REPOSITORY",
      remoteRepositoryConfig: { description: mirror.upstream, ...upstreamOf(mirror) },
      cleanupPolicies: [removeAfter("delete-old", MIRRORED_DAYS, "ANY")],
    });
  }

  /** Makes a repository. Its name. */
  private repository(
    id: string,
    role: OwnRole | `mirror-${MirrorName}`,
    config: Partial<ConstructorParameters<typeof ArtifactRegistryRepository>[2]> & { readonly format: string },
  ): string {
    const { estate } = this;
    const repositoryId = estate.repository(role);
    new ArtifactRegistryRepository(this, id, {
      repositoryId,
      location: estate.settings.region,
      kmsKeyName: estate.key("registry"),
      labels: estate.labels(this),
      cleanupPolicyDryRun: false,
      // As the project's Container Scanning service says, which the estate enables.
      ...(config.format === "DOCKER" ? { vulnerabilityScanningConfig: { enablementConfig: "INHERITED" } } : {}),
      ...config,
    });
    return repositoryId;
  }

  private grant(to: IWorkloadIdentity, repositories: readonly string[], right: keyof typeof ROLES): void {
    for (const repository of repositories) {
      grantOnce(this, to, `${right}-${repository}`, (scope, id) => {
        new ArtifactRegistryRepositoryIamMember(scope, id, {
          repository,
          location: this.estate.settings.region,
          role: ROLES[right],
          member: to.principal,
        });
      });
    }
  }
}

function removeAfter(id: string, days: number, tagState: "ANY" | "UNTAGGED") {
  return { id, action: "DELETE", condition: { tagState, olderThan: `${days * SECONDS_PER_DAY}s` } };
}

/** The two that Google knows by name; every other registry is an address. */
function upstreamOf({ format, upstream }: Mirror) {
  if (format === "PYTHON") return { pythonRepository: { publicRepository: "PYPI" } };
  if (upstream === "docker.io") return { dockerRepository: { publicRepository: "DOCKER_HUB" } };
  return { commonRepository: { uri: `https://${upstream}` } };
}
