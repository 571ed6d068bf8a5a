/** What everything else on Azure stands in and on: group, logs, vault, keys, secrets, identities. */

import { AzureEstate } from "../../lib/azure/estate";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { protect } from "../../lib/azure/protection";
import { providerConfig } from "../../lib/azure/provider-config";
import { KEY_USES } from "../../lib/contracts/encryption-key";
import { PROTECTED_TYPES } from "../../lib/core/protected";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const VAULT = `/subscriptions/${PRODUCTION.subscription}/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme`;

/** The foundation as the stack makes it. */
const foundation = (settings: AzureSettings = PRODUCTION) =>
  onAzure(({ platform, layer }) => {
    for (const use of KEY_USES) platform.encryptionKey(layer("foundation"), `Key-${use}`, { use });
    platform.secretStore(layer("foundation"), "Secrets").secret("webhook-token");
  }, settings).foundation;

describe("the provider", () => {
  const [features] = [providerConfig(PRODUCTION).features].flat();

  it("purges nothing that Azure keeps for a while, and recovers what is made again", () => {
    const text = JSON.stringify(features);
    for (const [, name, value] of text.matchAll(/"((?:purge|permanently)\w+)":(\w+)/g)) {
      expect([name, value]).toEqual([name, "false"]);
    }
    for (const [, name, value] of text.matchAll(/"(recover\w+)":(\w+)/g)) expect([name, value]).toEqual([name, "true"]);
    expect(features).toMatchObject({
      keyVault: [{ purgeSoftDeleteOnDestroy: false, recoverSoftDeletedKeyVaults: true }],
      machineLearning: [{ purgeSoftDeletedWorkspaceOnDestroy: false }],
      cognitiveAccount: [{ purgeSoftDeleteOnDestroy: false }],
      logAnalyticsWorkspace: [{ permanentlyDeleteOnDestroy: false }],
    });
  });

  it("deletes no group with something in it, and lets Azure put nothing there on its own", () => {
    expect(features).toMatchObject({
      resourceGroup: [{ preventDeletionIfContainsResources: true }],
    });
  });

  it("reaches storage by roles, and registers nothing", () => {
    expect(providerConfig(PRODUCTION)).toMatchObject({
      storageUseAzuread: true,
      resourceProviderRegistrations: "none",
      subscriptionId: PRODUCTION.subscription,
      tenantId: PRODUCTION.tenant,
    });
  });
});

describe("the resource group", () => {
  it("is made, and everything in the layer waits for it", () => {
    const stack = foundation();
    expect(only(stack, "azurerm_resource_group")).toMatchObject({
      name: "acme-test-ml",
      location: "koreacentral",
      lifecycle: { prevent_destroy: true },
      tags: { environment: "test", layer: "foundation" },
    });
    for (const type of ["azurerm_key_vault", "azurerm_log_analytics_workspace", "azurerm_user_assigned_identity"]) {
      expect(only(stack, type).depends_on).toEqual([expect.stringMatching(/^azurerm_resource_group\./)]);
    }
  });

  it("that is there already is used", () => {
    const stack = foundation({ ...PRODUCTION, resourceGroup: "acme-ml" });
    expect(resources(stack, "azurerm_resource_group")).toEqual([]);
    expect(only(stack, "azurerm_key_vault")).toMatchObject({ resource_group_name: "acme-ml" });
  });
});

describe("logs", () => {
  it("are kept for 90 days, without keys, and are neither sent from nor read on the internet in production", () => {
    expect(only(foundation(), "azurerm_log_analytics_workspace")).toMatchObject({
      sku: "PerGB2018",
      retention_in_days: 90,
      local_authentication_enabled: false,
      internet_ingestion_enabled: false,
      internet_query_enabled: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("are taken from the internet elsewhere, where nothing private leads to them", () => {
    const logs = only(foundation(DEVELOPMENT), "azurerm_log_analytics_workspace");
    expect(logs).toMatchObject({ internet_ingestion_enabled: true, local_authentication_enabled: false });
    expect(logs.lifecycle).toBeUndefined();
  });

  it("are where the layers look for them", () => {
    expect(new AzureEstate(PRODUCTION).logs).toMatch(
      new RegExp(`/${only(foundation(), "azurerm_log_analytics_workspace").name}$`),
    );
  });

  it("hold who read them, and who used the vault", () => {
    const settings = resources(foundation(), "azurerm_monitor_diagnostic_setting");
    expect(settings).toHaveLength(2);
    for (const setting of settings) {
      expect(setting.log_analytics_workspace_id).toBe(new AzureEstate(PRODUCTION).logs);
      expect(String(setting.depends_on)).toMatch(/azurerm_log_analytics_workspace\./);
    }
  });
});

describe("the vault", () => {
  it("is private, takes roles only, and keeps what is deleted for 90 days", () => {
    expect(only(foundation(), "azurerm_key_vault")).toMatchObject({
      tenant_id: PRODUCTION.tenant,
      rbac_authorization_enabled: true,
      purge_protection_enabled: true,
      soft_delete_retention_days: 90,
      public_network_access_enabled: false,
      network_acls: { default_action: "Deny", bypass: "AzureServices" },
      enabled_for_deployment: false,
      enabled_for_disk_encryption: false,
      enabled_for_template_deployment: false,
    });
  });

  it("is as careful in development, only cheaper and deletable", () => {
    const vault = only(foundation(DEVELOPMENT), "azurerm_key_vault");
    expect(vault).toMatchObject({
      sku_name: "standard",
      purge_protection_enabled: true,
      soft_delete_retention_days: 90,
      public_network_access_enabled: false,
    });
    expect(vault.lifecycle).toBeUndefined();
    expect(resources(foundation(DEVELOPMENT), "azurerm_management_lock")).toEqual([]);
  });

  it("has hardware where there are keys of its own", () => {
    expect(only(foundation(), "azurerm_key_vault")).toMatchObject({ sku_name: "premium" });
    expect(only(foundation({ ...PRODUCTION, ownKeys: false }), "azurerm_key_vault")).toMatchObject({
      sku_name: "standard",
    });
  });

  it("that exists is left to whoever looks after it, and keys and secrets in it carry the environment's name", () => {
    const settings = { ...PRODUCTION, existing: { vault: VAULT } };
    const stack = foundation(settings);
    expect(resources(stack, "azurerm_key_vault")).toEqual([]);
    expect(resources(stack, "azurerm_management_lock")).toHaveLength(1);
    const estate = new AzureEstate(settings);
    expect(estate.keyUri("storage")).toBe("https://acme.vault.azure.net/keys/acme-test-storage");
    expect(estate.secretUri("token")).toBe("https://acme.vault.azure.net/secrets/acme-test-token");
    const made = resources(stack, "azapi_resource_action").map(({ resource_id }) => String(resource_id));
    expect(made).toContain(`${VAULT}/keys/acme-test-storage`);
  });
});

describe("what production refuses to delete", () => {
  it("is locked, one by one: a lock on the group would be inherited by all that comes and goes in it", () => {
    const locks = resources(foundation(), "azurerm_management_lock");
    expect(locks.map(({ scope }) => String(scope).match(/azurerm_\w+/)?.[0]).sort()).toEqual([
      "azurerm_key_vault",
      "azurerm_log_analytics_workspace",
    ]);
    for (const lock of locks) {
      expect(lock).toMatchObject({ lock_level: "CanNotDelete" });
      expect(String(lock.notes).length).toBeLessThanOrEqual(512);
    }
  });

  it("is what is marked, and nothing outside production", () => {
    const locked = (settings: AzureSettings, deletionProtection: boolean) =>
      onAzure(({ layer }) => {
        const estate = new AzureEstate(settings);
        protect(layer("data"), { id: estate.storageAccountId("datasets"), deletionProtection }, estate);
      }, settings).data;
    expect(resources(locked(PRODUCTION, true), "azurerm_management_lock")).toHaveLength(1);
    expect(resources(locked(PRODUCTION, false), "azurerm_management_lock")).toEqual([]);
    expect(resources(locked(DEVELOPMENT, true), "azurerm_management_lock")).toEqual([]);
  });

  it("is destroyed after an approval by name", () => {
    for (const type of ["azurerm_resource_group", "azurerm_key_vault", "azurerm_log_analytics_workspace"]) {
      expect([type, PROTECTED_TYPES.has(type)]).toEqual([type, true]);
    }
  });
});

describe("a workload's identity", () => {
  const made = () =>
    onAzure(({ platform, layer }) => {
      new AzureEstate(PRODUCTION);
      const identity = platform.workloadIdentity(layer("ml"), "Server", { workload: "model-serving" });
      expect(identity.serviceAccount).toBeNull();
      expect(identity.resourceId).toBe(new AzureEstate(PRODUCTION).identity("model-serving"));
    }).ml;

  it("has the name that layers compute, and no key", () => {
    const identities = resources(made(), "azurerm_user_assigned_identity").map(({ name }) => name);
    expect(identities).toContain("acme-test-model-serving");
    expect(resources(made(), "azurerm_federated_identity_credential")).toEqual([]);
  });

  it("leaves its ids to the layers after it", () => {
    expect(Object.keys(made()?.output ?? {})).toEqual(
      expect.arrayContaining(["modelServingObjectId", "modelServingClientId"]),
    );
  });
});
