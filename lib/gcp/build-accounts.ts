import { Construct } from "../framework";
import { ArtifactRegistryRepositoryIamMember, StorageBucketIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { actAsPipelines, projectRole } from "./identity-roles";
import { MIRROR_NAMES } from "./parts/mirrors";
import { GcpWorkloadIdentity } from "./workload-identity";

/** A build that writes its log to Cloud Logging. */
const LOG_ROLE = "roles/logging.logWriter";
/** Pipelines are submitted to the project's Vertex AI, which knows no rights on a single pipeline. */
const SUBMIT_ROLE = "roles/aiplatform.user";
/** Builds on workers inside the network. */
const WORKERS_ROLE = "roles/cloudbuild.workerPoolUser";
/** What builds push into: images, compiled pipelines, the step package. */
const PUSHED = ["images", "pipelines", "packages"] as const;

/**
 * Who builds run as. Builds of pull requests run code that nobody has reviewed, under an account that may write its log and
 * nothing else: no image, no bucket, no secret. On workers inside the network both may read the mirrors.
 */
export class GcpBuildAccounts extends Construct {
  readonly builds: GcpWorkloadIdentity;
  readonly checks: GcpWorkloadIdentity;

  /** @param network whether builds run on workers inside the network */
  constructor(scope: Construct, id: string, { network }: { readonly network: boolean }, estate: GcpEstate) {
    super(scope, id);
    this.builds = new GcpWorkloadIdentity(this, "Builds", { workload: "builds" }, estate);
    this.checks = new GcpWorkloadIdentity(this, "Checks", { workload: "checks" }, estate);
    for (const identity of [this.builds, this.checks]) {
      projectRole(identity, LOG_ROLE, estate);
      if (network) this.letWorkInside(identity, estate);
    }
    projectRole(this.builds, SUBMIT_ROLE, estate);
    this.letPush(estate);
  }

  /** Inside the network there is no way to the internet but the mirrors, which hold what is public. */
  private letWorkInside(identity: GcpWorkloadIdentity, estate: GcpEstate): void {
    projectRole(identity, WORKERS_ROLE, estate);
    for (const mirror of MIRROR_NAMES) {
      new ArtifactRegistryRepositoryIamMember(identity, `pull-${mirror}`, {
        location: estate.settings.region,
        repository: estate.repository(`mirror-${mirror}`),
        role: "roles/artifactregistry.reader",
        member: identity.principal,
      });
    }
  }

  private letPush(estate: GcpEstate): void {
    const member = this.builds.principal;
    for (const role of PUSHED) {
      new ArtifactRegistryRepositoryIamMember(this.builds, `push-${role}`, {
        location: estate.settings.region,
        repository: estate.repository(role),
        role: "roles/artifactregistry.writer",
        member,
      });
    }
    new StorageBucketIamMember(this.builds, "packages", {
      bucket: estate.bucket("packages"),
      role: "roles/storage.objectUser",
      member,
    });
    actAsPipelines(this.builds, estate);
  }
}
