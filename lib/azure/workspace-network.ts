import type { MachineLearningWorkspace } from "./bindings";
import { MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint as OutboundRule } from "./bindings";
import type { AzureEstate } from "./estate";
import type { AzureSettings } from "./parts/settings";
import { OWN_STORE, READ_STORES } from "./workspace-rights";

/**
 * Parts of the workspace's own account that it has no rule for by itself: batch endpoints keep their queues and tables there.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-managed-network#scenario-use-batch-endpoints-or-parallelrunstep
 */
const BATCH = ["queue", "table"] as const;

/**
 * How the workspace's machines reach out. In production, and where the network does not reach the internet, only to what is named.
 * A workspace can be made stricter later, never laxer.
 */
export function isolationMode({ production, internet }: Pick<AzureSettings, "production" | "internet">) {
  return production || !internet ? "AllowOnlyApprovedOutbound" : "AllowInternetOutbound";
}

/**
 * What the workspace's machines may reach besides what Azure ML adds itself (the workspace, its account's blobs and files, the
 * vault, the registry, and Azure's own services by their tags). Each is a private endpoint in the managed network, because the
 * accounts answer to no others. No address on the internet is among them: images come from the registry, which caches outside
 * ones, and packages come in images; the first such rule would also bring an Azure Firewall along.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-managed-network#list-of-required-rules
 */
export function outboundRules(scope: MachineLearningWorkspace, estate: AzureEstate): readonly OutboundRule[] {
  const rules = [
    ...READ_STORES.map((purpose) => ({ purpose, subresource: "blob" })),
    ...BATCH.map((subresource) => ({ purpose: OWN_STORE, subresource })),
  ];
  let before: OutboundRule | undefined;
  // One after the other: Azure changes a managed network one rule at a time.
  return rules.map(({ purpose, subresource }) => {
    const name = `${purpose}-${subresource}`;
    before = new OutboundRule(scope, `Out-${name}`, {
      name,
      workspaceId: scope.id,
      serviceResourceId: estate.storageAccountId(purpose),
      subResourceTarget: subresource,
      sparkEnabled: estate.settings.features.dataProcessing && subresource === "blob",
      ...(before ? { dependsOn: [before] } : {}),
    });
    return before;
  });
}
