import type { AzurermProviderConfig } from "./bindings";
import type { AzureSettings } from "./parts/settings";

/**
 * How the provider works: nothing that Azure would keep for a while is ever purged, no group is deleted with things in it that
 * are not ours, storage is reached by roles, and resource providers are registered by `mlops bootstrap`.
 * https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/guides/features-block
 */
export function providerConfig({ subscription, tenant }: AzureSettings): AzurermProviderConfig {
  return {
    subscriptionId: subscription,
    tenantId: tenant,
    resourceProviderRegistrations: "none",
    storageUseAzuread: true,
    features: [
      {
        resourceGroup: [{ preventDeletionIfContainsResources: true }],
        keyVault: [
          {
            purgeSoftDeleteOnDestroy: false,
            purgeSoftDeletedKeysOnDestroy: false,
            purgeSoftDeletedSecretsOnDestroy: false,
            purgeSoftDeletedCertificatesOnDestroy: false,
            recoverSoftDeletedKeyVaults: true,
            recoverSoftDeletedKeys: true,
            recoverSoftDeletedSecrets: true,
            recoverSoftDeletedCertificates: true,
          },
        ],
        cognitiveAccount: [{ purgeSoftDeleteOnDestroy: false }],
        // A deployment that only asks something takes nothing with it.
        templateDeployment: [{ deleteNestedItemsDuringDeletion: false }],
        machineLearning: [{ purgeSoftDeletedWorkspaceOnDestroy: false }],
        logAnalyticsWorkspace: [{ permanentlyDeleteOnDestroy: false }],
        // The account is private: its data plane is out of reach of what deploys it, and nothing of it is needed.
        storage: [{ dataPlaneAvailable: false }],
      },
    ],
  };
}
