import { ephemeralPassword } from "../core/ephemeral-password";
import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import type { AzureEstate } from "./estate";

/** Raise it to have a new password made. */
const PASSWORD_VERSION = 1;
/** Through Azure's control plane: the vault itself is closed to whoever stands outside the network. */
const SECRET = "Microsoft.KeyVault/vaults/secrets@2025-05-01";

/**
 * A password of a database's user: made up while deploying, handed to the server and to the vault as values that Terraform
 * does not keep, so it stands in no plan, state or log. Both get the same one when both are written in one run.
 */
export class AzureDatabasePassword extends Construct {
  /** For an attribute that is written and never read. */
  readonly password: string;
  readonly version = PASSWORD_VERSION;

  /** @param role of the secret in the vault that holds it */
  constructor(scope: Construct, id: string, role: string, estate: AzureEstate) {
    super(scope, id);
    this.password = ephemeralPassword(this, role.replaceAll("-", "_"));
    new AzapiResource(
      this,
      "Secret",
      {
        type: SECRET,
        name: estate.name("secret", role),
        parentId: estate.vaultId,
        tags: estate.tags(this),
        body: { properties: { contentType: "text/plain", attributes: { enabled: true } } },
        sensitiveBody: { properties: { value: this.password } },
        sensitiveBodyVersion: { "properties.value": String(PASSWORD_VERSION) },
      },
      estate,
    );
  }
}
