/** Keys and secrets on Azure: how keys are made and turned over, who uses them, and who reads a secret. */
import { AzureEstate } from "../../lib/azure/estate";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { KEY_USES } from "../../lib/contracts/encryption-key";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

/** The foundation as the stack makes it. */
const foundation = (settings: AzureSettings = PRODUCTION) =>
  onAzure(({ platform, layer }) => {
    for (const use of KEY_USES) platform.encryptionKey(layer("foundation"), `Key-${use}`, { use });
    platform.secretStore(layer("foundation"), "Secrets").secret("webhook-token");
  }, settings).foundation;

describe("keys", () => {
  const key = (rotationDays: number) =>
    onAzure(
      ({ platform, layer }) =>
        void platform.encryptionKey(layer("foundation"), "Key", { use: "storage", rotationDays }),
    ).foundation;

  it("are of hardware, wrap and unwrap, are rotated, and what a rotation makes has an end", () => {
    const keys = resources(foundation(), "azapi_resource_action");
    expect(keys).toHaveLength(KEY_USES.length);
    for (const each of keys) {
      expect(each).toMatchObject({
        type: "Microsoft.KeyVault/vaults/keys@2024-11-01",
        method: "PUT",
        body: {
          properties: {
            kty: "RSA-HSM",
            keySize: 3072,
            keyOps: expect.arrayContaining(["wrapKey", "unwrapKey"]),
            rotationPolicy: {
              attributes: { expiryTime: "P365D" },
              lifetimeActions: [
                { trigger: { timeAfterCreate: "P90D" }, action: { type: "rotate" } },
                { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "notify" } },
              ],
            },
          },
        },
      });
    }
  });

  it("wrap and unwrap only, but for the cluster's, which encrypts the cluster's secrets itself", () => {
    const operations = resources(foundation(), "azapi_resource_action").map(({ resource_id, body }) => [
      String(resource_id).split("/").at(-1),
      (body as { properties: { keyOps: string[] } }).properties.keyOps.length,
    ]);
    expect(operations.filter(([, count]) => count !== 2)).toEqual([[expect.stringContaining("cluster"), 4]]);
  });

  it("are made by an action, because Azure's management neither changes nor deletes a key", () => {
    expect(resources(foundation(), "azapi_resource")).toEqual([]);
    expect(resources(foundation(), "azurerm_key_vault_key")).toEqual([]);
  });

  it("are made after the vault", () => {
    for (const { depends_on } of resources(foundation(), "azapi_resource_action")) {
      expect(String(depends_on)).toMatch(/azurerm_key_vault\./);
    }
  });

  it("are used by one identity, each by itself, once it is there", () => {
    const estate = new AzureEstate(PRODUCTION);
    const grants = resources(foundation(), "azurerm_role_assignment");
    expect(grants.map(({ scope }) => scope).sort()).toEqual(KEY_USES.map((use) => estate.keyId(use)).sort());
    for (const grant of grants) {
      expect(grant).toMatchObject({
        role_definition_name: "Key Vault Crypto Service Encryption User",
        principal_type: "ServicePrincipal",
      });
      expect(String(grant.principal_id)).toMatch(/azurerm_user_assigned_identity\.Ground_Encryption/);
      expect(String(grant.depends_on)).toMatch(/azapi_resource_action\./);
    }
    expect(only(foundation(), "azurerm_user_assigned_identity")).toMatchObject({ name: "acme-test-encryption" });
    expect(estate.identity("encryption")).toMatch(/acme-test-encryption$/);
  });

  it("rotate between a week and 90 days", () => {
    expect(JSON.stringify(key(7))).toContain('"timeAfterCreate":"P7D"');
    for (const days of [6, 91, 30.5]) {
      expect(() => key(days)).toThrow(/rotationDays is .*, wanted are whole days from 7 to 90/);
    }
  });

  it("have the address that other layers compute, and the cluster the version that it takes", () => {
    const estate = new AzureEstate(PRODUCTION);
    const stacks = onAzure(({ platform, layer }) => {
      expect(platform.encryptionKey(layer("foundation"), "Key", { use: "cluster" })).toHaveProperty(
        "reference",
        estate.keyUri("cluster"),
      );
    });
    expect(stacks.foundation?.output.clusterKeyVersion?.value).toMatch(/output\.properties\.keyUriWithVersion/);
    expect(foundation(DEVELOPMENT)?.output.clusterKeyVersion).toBeUndefined();
  });

  it("are there only where the environment has keys of its own", () => {
    const stack = foundation(DEVELOPMENT);
    expect(resources(stack, "azapi_resource_action")).toEqual([]);
    expect(resources(stack, "azurerm_user_assigned_identity")).toEqual([]);
  });
});

describe("secrets", () => {
  it("are never made: a secret on Azure is its value", () => {
    expect(Object.keys(foundation()?.resource ?? {}).join(" ")).not.toMatch(/secret/);
  });

  it("are read one by one, by who is given the right", () => {
    const stacks = onAzure(({ platform, layer }) => {
      const store = platform.secretStore(layer("foundation"), "Secrets");
      expect(store.secret("webhook-token")).toBe(`${store.uri}/secrets/webhook-token`);
      const reader = platform.workloadIdentity(layer("ml"), "Reader", { workload: "pipelines" });
      store.grants.read(reader, "webhook-token");
      store.grants.read(reader, "webhook-token");
    });
    const reads = resources(stacks.ml, "azurerm_role_assignment").filter(({ scope }) =>
      String(scope).includes("/secrets/"),
    );
    expect(reads).toEqual([
      expect.objectContaining({
        scope: `${new AzureEstate(PRODUCTION).vaultId}/secrets/webhook-token`,
        role_definition_name: "Key Vault Secrets User",
        principal_type: "ServicePrincipal",
      }),
    ]);
  });
});
