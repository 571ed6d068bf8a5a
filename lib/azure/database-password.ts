import { ephemeralPassword } from "../core/ephemeral-password";
import { Construct } from "../framework";
import { AzapiAction } from "./azapi";
import type { AzureEstate } from "./estate";

/** Raise it to have a new password made. */
const PASSWORD_VERSION = 1;
/** Through Azure's control plane: the vault itself is closed to whoever stands outside the network. */
const SECRET = "Microsoft.KeyVault/vaults/secrets@2025-05-01";

/**
 * A password of a database's user: made up while deploying, handed to the server and to the vault as values that Terraform
 * does not keep, so it stands in no plan, state or log. Both get the same one when both are written in one run.
 *
 * Azure's management makes secrets and deletes none (https://github.com/Azure/terraform-provider-azapi/issues/879), so a
 * destroyed environment leaves this one in the vault, and gives it a new value when it is made again.
 */
export class AzureDatabasePassword extends Construct {
  /** For an attribute that is written and never read. */
  readonly password: string;
  readonly version = PASSWORD_VERSION;

  /** @param role of the secret in the vault that holds it */
  constructor(scope: Construct, id: string, role: string, estate: AzureEstate) {
    super(scope, id);
    this.password = ephemeralPassword(this, role.replaceAll("-", "_"));
    new AzapiAction(
      this,
      "Secret",
      {
        type: SECRET,
        of: estate.secretId(role),
        // Nothing that changes, such as tags: it would be sent without the value.
        body: { properties: { contentType: "text/plain", attributes: { enabled: true } } },
        sensitiveBody: { properties: { value: this.password } },
        sensitiveBodyVersion: { "properties.value": String(PASSWORD_VERSION) },
      },
      estate,
    );
  }
}
