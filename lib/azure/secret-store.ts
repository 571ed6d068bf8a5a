import type { ISecretStore } from "../contracts/secret-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";

/** Reads the values of a secret and nothing else. */
const READER_ROLE = "Key Vault Secrets User";

/**
 * The secrets of the Key Vault. A secret on Azure is its value, so there is nothing to make before somebody has one: it is
 * put in by a person (`az keyvault secret set`, from a network joined to the environment's) and never passes through
 * Terraform. References and rights follow from its name and may be there first.
 */
export class AzureSecretStore extends Construct implements ISecretStore {
  readonly uri: string;
  readonly grants: { read(to: IWorkloadIdentity, name: string): void };

  constructor(
    scope: Construct,
    id: string,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    this.uri = estate.vaultUri;
    this.grants = {
      read: (to, name) =>
        grantOnce(this, to, { right: `read-${name}`, role: READER_ROLE, scope: estate.secretId(name) }),
    };
  }

  secret(name: string): string {
    return this.estate.secretUri(name);
  }
}
