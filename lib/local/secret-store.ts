import { DATABASES } from "../contracts/metadata-database";
import type { ISecretStore } from "../contracts/secret-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import { Construct } from "../framework";
import type { LocalEstate } from "./estate";
import { LocalLayer } from "./layer";
import type { SecretsPart } from "./parts";
import { absolutePath } from "./place";

/** Secrets that the platform's own parts need; the runtime makes their values up. */
const PLATFORM_SECRETS = ["database-superuser", ...DATABASES.map((name) => `database-${name}`), "notebooks-token"];

/** A vault as one file that only its owner reads. Terraform knows names, never values. */
export class LocalSecretStore extends Construct implements ISecretStore {
  readonly uri: string;
  readonly grants: { read(to: IWorkloadIdentity, name: string): void };

  constructor(scope: Construct, id: string, estate: LocalEstate) {
    super(scope, id);
    this.uri = absolutePath(estate, "secrets.json");
    for (const name of PLATFORM_SECRETS) this.secret(name);
    this.grants = {
      read: (to, name) => {
        this.secret(name);
        checkGrant(this, to);
      },
    };
  }

  secret(name: string): string {
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
      throw new Error(
        `${this.node.path}: ${JSON.stringify(name)} is no secret's name: lower-case letters, digits, dashes`,
      );
    }
    LocalLayer.of(this).change<SecretsPart>("secrets", (part) => ({
      kind: "secrets",
      name: "secrets",
      secrets: [...new Set([...(part?.secrets ?? []), name])].sort(),
    }));
    return `${this.uri}#${name}`;
  }
}
