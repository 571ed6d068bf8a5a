import { stableJson } from "../core/hash";
import { type Construct, Fn } from "../framework";
import { ResourceGroupTemplateDeployment } from "./bindings";
import type { AzureEstate } from "./estate";

/** Version of the vault's API that knows a key's address. */
const VAULT_API = "2024-11-01";

/**
 * Address of the `ml` key with its version: a workspace takes no other
 * (https://learn.microsoft.com/en-us/azure/machine-learning/how-to-setup-customer-managed-keys#create-a-workspace-that-uses-a-customer-managed-key).
 * A version is known only when the key is there, and the vault's own API is out of reach of what deploys. So a deployment without
 * resources asks Azure's management API for it, once: a rotated key changes nothing here, and the workspace is never replaced for it.
 * @returns undefined when Azure's own keys encrypt
 */
export function workspaceKey(scope: Construct, estate: AzureEstate): string | undefined {
  const [keyId, keyUri] = [estate.keyId("ml"), estate.keyUri("ml")];
  if (keyId === undefined || keyUri === undefined) return undefined;
  const { resourceGroupName, tags } = estate.placed(scope);
  const lookup = new ResourceGroupTemplateDeployment(scope, "KeyVersion", {
    name: `${estate.workspace}-key`,
    resourceGroupName,
    tags,
    deploymentMode: "Incremental",
    templateContent: stableJson({
      $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      contentVersion: "1.0.0.0",
      resources: [],
      outputs: { key: { type: "string", value: `[reference('${keyId}', '${VAULT_API}').keyUriWithVersion]` } },
    }),
    // Asked once: what is read back is the template as Azure writes it.
    lifecycle: { ignoreChanges: ["template_content"] },
  });
  const found = Fn.lookupNested(Fn.jsondecode(lookup.outputContent), ["key", "value"]);
  // The second is for a rehearsal, which evaluates no template; Azure answers with the first or refuses the deployment.
  return Fn.try([found, keyUri]);
}
