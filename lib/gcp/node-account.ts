import { resourcesOf } from "../core/ordering";
import { Construct, type TerraformResource } from "../framework";
import { ArtifactRegistryRepositoryIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { mailOf, projectRole } from "./identity-roles";
import { IMAGE_MIRRORS } from "./parts/mirrors";
import { GcpWorkloadIdentity } from "./workload-identity";

/**
 * What a node needs to write logs and metrics, and nothing else.
 * https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
 */
const NODE_ROLE = "roles/container.defaultNodeServiceAccount";
const PULL_ROLE = "roles/artifactregistry.reader";

/** Who nodes run as: may write logs and metrics, and pull the environment's images. Pods have identities of their own. */
export class GcpNodeAccount extends Construct {
  readonly email: string;
  /** The account and its rights, for `dependsOn`: a node without them does not come up. */
  readonly rights: TerraformResource[];

  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    const identity = new GcpWorkloadIdentity(this, "Identity", { workload: "nodes" }, estate);
    projectRole(identity, NODE_ROLE, estate);
    for (const role of ["images", ...IMAGE_MIRRORS.map((name) => `mirror-${name}` as const)] as const) {
      new ArtifactRegistryRepositoryIamMember(identity, `pull-${role}`, {
        location: estate.settings.region,
        repository: estate.repository(role),
        role: PULL_ROLE,
        member: identity.principal,
      });
    }
    this.email = mailOf(identity);
    this.rights = resourcesOf(identity);
  }
}
