/** Where data is kept on Azure: a storage account for each purpose. */
import { isPaired, replicationOf } from "../../lib/azure/parts/replication";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { ObjectStoreProps } from "../../lib/contracts/object-store";
import { type AzureBench, DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const GROUP = `/subscriptions/${PRODUCTION.subscription}/resourceGroups/acme-test-ml`;

describe("a store", () => {
  const dataOf = (props: ObjectStoreProps, settings: AzureSettings = PRODUCTION) =>
    onAzure(({ platform, layer }) => void platform.objectStore(layer("data"), "Store", props), settings).data;
  const accountOf = (...of: Parameters<typeof dataOf>) => only(dataOf(...of), "azurerm_storage_account");
  const rulesOf = (props: ObjectStoreProps) => only(dataOf(props), "azurerm_storage_management_policy").rule;

  it("is an account that nobody has a key to, and that the internet does not reach", () => {
    expect(accountOf({ purpose: "datasets" })).toMatchObject({
      account_kind: "StorageV2",
      https_traffic_only_enabled: true,
      min_tls_version: "TLS1_2",
      public_network_access_enabled: false,
      network_rules: { default_action: "Deny", bypass: ["AzureServices"] },
      allow_nested_items_to_be_public: false,
      shared_access_key_enabled: false,
      local_user_enabled: false,
      default_to_oauth_authentication: true,
      cross_tenant_replication_enabled: false,
      allowed_copy_scope: "AAD",
    });
  });

  it("has one private container, of the purpose's name", () => {
    expect(only(dataOf({ purpose: "prediction-logs" }), "azurerm_storage_container")).toMatchObject({
      name: "prediction-logs",
      container_access_type: "private",
    });
  });

  it("is encrypted twice, by the environment's key, of which the newest version is taken", () => {
    const identity = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/acme-test-encryption`;
    const { customer_managed_key, ...account } = accountOf({ purpose: "datasets" });
    expect(account).toMatchObject({
      infrastructure_encryption_enabled: true,
      queue_encryption_key_type: "Account",
      table_encryption_key_type: "Account",
      identity: { type: "UserAssigned", identity_ids: [identity] },
    });
    expect(customer_managed_key).toEqual({
      key_vault_key_id: expect.stringMatching(/^https:\/\/[a-z0-9-]+\.vault\.azure\.net\/keys\/storage$/),
      user_assigned_identity_id: identity,
    });
  });

  it("is encrypted by Azure's keys where the environment has none", () => {
    expect(accountOf({ purpose: "datasets" }, DEVELOPMENT)).not.toHaveProperty("customer_managed_key");
    expect(accountOf({ purpose: "datasets" }, DEVELOPMENT)).toMatchObject({ infrastructure_encryption_enabled: true });
  });

  it("keeps earlier versions, and what was deleted as long as those", () => {
    expect(accountOf({ purpose: "datasets", noncurrentDays: 20 }).blob_properties).toEqual({
      versioning_enabled: true,
      delete_retention_policy: { days: 20 },
      container_delete_retention_policy: { days: 7 },
    });
  });

  it.each([
    [3, 7],
    [1000, 365],
  ])("keeps what was deleted as long as Azure can: of %i days, %i", (noncurrentDays, days) => {
    expect(accountOf({ purpose: "datasets", noncurrentDays })).toMatchObject({
      blob_properties: { delete_retention_policy: { days } },
    });
  });

  it("removes earlier versions, and what is past its time", () => {
    expect(rulesOf({ purpose: "prediction-logs", noncurrentDays: 20, expireAfterDays: 90 })).toEqual([
      {
        name: "earlier-versions",
        enabled: true,
        filters: { blob_types: ["blockBlob"] },
        actions: {
          version: { delete_after_days_since_creation: 20 },
          snapshot: { delete_after_days_since_creation_greater_than: 20 },
        },
      },
      {
        name: "expire",
        enabled: true,
        filters: { blob_types: ["blockBlob"] },
        actions: { base_blob: { delete_after_days_since_modification_greater_than: 90 } },
      },
    ]);
  });

  it("of artifacts never removes a registered model, only what runs pass between their steps", () => {
    expect(rulesOf({ purpose: "artifacts", expireAfterDays: 30 })).toContainEqual(
      expect.objectContaining({
        name: "expire",
        filters: { blob_types: ["blockBlob"], prefix_match: ["artifacts/pipelines/"] },
      }),
    );
  });

  it("that keeps one version and nothing expires in has no rules", () => {
    const data = dataOf({ purpose: "packages", versioned: false });
    expect(resources(data, "azurerm_storage_management_policy")).toEqual([]);
    expect(only(data, "azurerm_storage_account")).toMatchObject({
      blob_properties: { versioning_enabled: false, delete_retention_policy: { days: 7 } },
    });
  });

  it("is reached in the network: its blobs, and of the artifacts the shares that Azure ML keeps notebooks in", () => {
    const endpoints = (purpose: ObjectStoreProps["purpose"]) =>
      resources(dataOf({ purpose }), "azurerm_private_endpoint").map(
        (endpoint) => (endpoint.private_service_connection as { subresource_names: string[] }).subresource_names[0],
      );
    expect(endpoints("datasets")).toEqual(["blob"]);
    expect(endpoints("artifacts")).toEqual(["blob", "file"]);
  });

  it("is neither destroyed nor deleted in production, and goes where nothing is protected", () => {
    const kept = dataOf({ purpose: "datasets" });
    expect(only(kept, "azurerm_storage_account")).toMatchObject({ lifecycle: { prevent_destroy: true } });
    expect(only(kept, "azurerm_storage_container")).toMatchObject({ lifecycle: { prevent_destroy: true } });
    expect(only(kept, "azurerm_management_lock")).toMatchObject({ lock_level: "CanNotDelete" });
    const gone = dataOf({ purpose: "datasets", deletionProtection: false }, DEVELOPMENT);
    expect(only(gone, "azurerm_storage_account")).not.toHaveProperty("lifecycle");
    expect(resources(gone, "azurerm_management_lock")).toEqual([]);
  });

  it("is read and written by whom it is granted to, once, by a role on its container", () => {
    const uri = { of: "" };
    const { serving } = onAzure(({ platform, layer }) => {
      const store = platform.objectStore(layer("data"), "Datasets", { purpose: "datasets" });
      const identity = platform.workloadIdentity(layer("serving"), "Pipelines", { workload: "pipelines" });
      for (const give of [store.grants.read, store.grants.readWrite, store.grants.readWrite]) give(identity);
      uri.of = store.uri;
    });
    const grants = resources(serving, "azurerm_role_assignment");
    expect(grants.map((grant) => grant.role_definition_name).sort()).toEqual([
      "Storage Blob Data Contributor",
      "Storage Blob Data Reader",
    ]);
    const account = /^https:\/\/([a-z0-9]{3,24})\.blob\.core\.windows\.net\/datasets$/.exec(uri.of)?.[1];
    const scope = `${GROUP}/providers/Microsoft.Storage/storageAccounts/${account}/blobServices/default/containers/datasets`;
    for (const grant of grants) expect(grant).toMatchObject({ scope, principal_type: "ServicePrincipal" });
  });
});

describe("requests to the stores", () => {
  const build = ({ platform, layer }: AzureBench) => {
    platform.objectStore(layer("data"), "Datasets", { purpose: "datasets" });
    platform.objectStore(layer("data"), "AccessLogs", { purpose: "access-logs", expireAfterDays: 90 });
  };
  const { data } = onAzure(build);
  const [logs, datasets] = resources(data, "azurerm_monitor_diagnostic_setting");

  it("are noted in the account of access logs, which is made before, whatever the order in the code", () => {
    expect(datasets).toMatchObject({
      storage_account_id: expect.stringContaining("/storageAccounts/"),
      enabled_log: [{ category: "StorageRead" }, { category: "StorageWrite" }, { category: "StorageDelete" }],
      depends_on: [expect.stringMatching(/^azurerm_storage_account\.AccessLogs/)],
    });
    expect(datasets).not.toHaveProperty("log_analytics_workspace_id");
  });

  it("to the logs themselves are noted in Log Analytics", () => {
    expect(logs).toMatchObject({
      log_analytics_workspace_id: expect.stringContaining("Microsoft.OperationalInsights/workspaces/"),
      enabled_log: [{ category: "StorageRead" }, { category: "StorageDelete" }],
    });
    expect(logs).not.toHaveProperty("storage_account_id");
  });

  it("go once they are past their time, though Azure appends to them and names their containers itself", () => {
    const rules = resources(data, "azurerm_storage_management_policy").flatMap(({ rule }) => rule as object[]);
    expect(rules).toContainEqual({
      name: "expire",
      enabled: true,
      filters: { blob_types: ["blockBlob", "appendBlob"] },
      actions: { base_blob: { delete_after_days_since_modification_greater_than: 90 } },
    });
  });

  it("outlive a zone, and what they were made to outlives the region", () => {
    expect(resources(data, "azurerm_storage_account").map((account) => account.account_replication_type)).toEqual([
      "ZRS",
      "GZRS",
    ]);
  });
});

describe("copies", () => {
  const zones = ["1", "2", "3"];
  it.each([
    [{ production: false, zones, region: "koreacentral" }, true, "LRS"],
    [{ production: true, zones, region: "koreacentral" }, true, "GZRS"],
    [{ production: true, zones, region: "koreacentral" }, false, "ZRS"],
    [{ production: true, zones: [], region: "northcentralus" }, true, "GRS"],
    [{ production: true, zones: [], region: "northcentralus" }, false, "LRS"],
    [{ production: true, zones, region: "polandcentral" }, true, "ZRS"],
  ] as const)("of %j with a second region: %s are %s", (settings, secondRegion, replication) => {
    expect(replicationOf(settings, secondRegion)).toBe(replication);
  });

  it("go to a second region where there is one", () => {
    expect(isPaired("westeurope")).toBe(true);
    expect(isPaired("italynorth")).toBe(false);
  });
});
