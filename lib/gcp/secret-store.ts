import type { ISecretStore } from "../contracts/secret-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { awaitedByName } from "../core/ordering";
import { SECONDS_PER_DAY } from "../core/time";
import { Construct } from "../framework";
import { SecretManagerSecret, SecretManagerSecretIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";
import { GcpProjectServices } from "./project-services";

/** Reads a secret's versions and nothing else. */
const READER_ROLE = "roles/secretmanager.secretAccessor";
/** How long a destroyed version can be brought back. The least Google takes is a day. */
const RESTORABLE = `${7 * SECONDS_PER_DAY}s`;

/**
 * Secret Manager: containers in the environment's region, encrypted with its key. Values are put in by whoever has them
 * (`gcloud secrets versions add`) and never pass through Terraform.
 *
 * No rotation is set: Secret Manager's own is a reminder sent to a topic, and nothing here could answer it, because the
 * values (tokens of a repository host) are made elsewhere by people.
 */
export class GcpSecretStore extends Construct implements ISecretStore {
  readonly uri: string;
  readonly grants: { read(to: IWorkloadIdentity, name: string): void };
  private readonly vault: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { existing, project } = estate.settings;
    this.vault = (existing.vault ?? `projects/${project}`).replace(/^projects\//, "");
    this.uri = `https://secretmanager.googleapis.com/v1/projects/${this.vault}`;
    this.grants = {
      read: (to, name) => {
        this.secret(name);
        grantOnce(this, to, `read-${name}`, (grantee, grantId) => {
          new SecretManagerSecretIamMember(grantee, grantId, {
            secretId: estate.secret(name),
            role: READER_ROLE,
            member: to.principal,
          });
        });
      },
    };
  }

  secret(name: string): string {
    const { project, region, production } = this.estate.settings;
    const reference = this.estate.secret(name);
    // Secrets of another project's vault are made by those who look after it.
    if (this.vault !== project || this.node.tryFindChild(name)) return reference;
    const kmsKeyName = this.estate.key("secrets");
    const secret = new SecretManagerSecret(this, name, {
      project,
      secretId: this.estate.name("secret", name),
      replication: {
        userManaged: {
          replicas: [{ location: region, ...(kmsKeyName && { customerManagedEncryption: { kmsKeyName } }) }],
        },
      },
      versionDestroyTtl: RESTORABLE,
      deletionProtection: production,
      labels: this.estate.labels(this),
      dependsOn: GcpProjectServices.enabling(this, "secretmanager.googleapis.com"),
    });
    awaitedByName(this, reference, [secret]);
    return reference;
  }
}
