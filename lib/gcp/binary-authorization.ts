import { Construct } from "../framework";
import { BinaryAuthorizationPolicy } from "./bindings";
import type { GcpEstate } from "./estate";
import { IMAGE_MIRRORS } from "./parts/mirrors";

/**
 * Attests every image that Cloud Build has built in this project and lists under `images:` of its build file. Google holds
 * its key and makes it at the first build of the project: no key of ours can sign for it.
 * https://cloud.google.com/binary-authorization/docs/deploy-cloud-build
 */
const ATTESTOR = "built-by-cloud-build";

/**
 * What may be started on GKE and Cloud Run in this project: images that were built here, images of the mirrors, and
 * Google's own system images. Outside production a stranger is let in and noted in the audit log.
 *
 * The attestor does not exist before the project's first build, and a policy cannot name what does not exist: as long as
 * images.lock.yaml has no image, own images are refused altogether (there are none).
 */
export class GcpBinaryAuthorization extends Construct {
  readonly policy: BinaryAuthorizationPolicy;

  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    const { project, production, images } = estate.settings;
    const built = Object.keys(images).length > 0;
    this.policy = new BinaryAuthorizationPolicy(this, "Policy", {
      description: "Images built by this project's Cloud Build, and the mirrors",
      globalPolicyEvaluationMode: "ENABLE",
      defaultAdmissionRule: {
        ...(built
          ? {
              evaluationMode: "REQUIRE_ATTESTATION",
              requireAttestationsBy: [`projects/${project}/attestors/${ATTESTOR}`],
            }
          : { evaluationMode: "ALWAYS_DENY" }),
        enforcementMode: production ? "ENFORCED_BLOCK_AND_AUDIT_LOG" : "DRYRUN_AUDIT_LOG_ONLY",
      },
      admissionWhitelistPatterns: IMAGE_MIRRORS.map((name) => ({
        namePattern: `${estate.mirrorPrefix(name)}/**`,
      })),
    });
  }
}
