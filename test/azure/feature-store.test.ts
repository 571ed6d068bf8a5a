/** The feature store on Azure. */
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const GROUP = `/subscriptions/${PRODUCTION.subscription}/resourceGroups/acme-test-ml`;
const CATALOG = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/acme-test-features`;

describe("the feature store", () => {
  const groups = [
    { name: "patient_risk", entity: "patient", features: ["bmi", "pressure"] },
    { name: "patient_history", entity: "patient", features: ["visits"] },
  ];
  const features = (settings: AzureSettings = PRODUCTION, deletionProtection = true) => {
    const uris = { offline: "", online: "" };
    const stacks = onAzure(({ platform, layer }) => {
      for (const purpose of ["datasets", "artifacts"] as const) {
        platform.objectStore(layer("data"), purpose, { purpose, deletionProtection });
      }
      const store = platform.featureStore(layer("data"), "Features", { groups, deletionProtection });
      const reader = platform.workloadIdentity(layer("serving"), "Serving", { workload: "serving" });
      const writer = platform.workloadIdentity(layer("delivery"), "Pipelines", { workload: "pipelines" });
      for (const identity of [reader, reader]) store.grants.read(identity);
      for (const identity of [writer, writer]) store.grants.readWrite(identity);
      Object.assign(uris, { offline: store.offlineUri, online: store.onlineUri });
    }, settings);
    return { data: stacks.data, reader: stacks.serving, writer: stacks.delivery, uris };
  };
  const azapi = (type: string) =>
    resources(features().data, "azapi_resource").filter((resource) => String(resource.type).startsWith(`${type}@`));
  const catalog = () => only(features().data, "azurerm_machine_learning_workspace");
  const lakeOf = (...of: Parameters<typeof features>) =>
    resources(features(...of).data, "azurerm_storage_account").find(({ is_hns_enabled }) => is_hns_enabled);

  it("keeps features in a data lake, private and encrypted, where what was deleted comes back for a month", () => {
    expect(lakeOf()).toMatchObject({
      account_replication_type: "GZRS",
      public_network_access_enabled: false,
      shared_access_key_enabled: false,
      customer_managed_key: { key_vault_key_id: expect.stringMatching(/\/keys\/storage$/) },
      blob_properties: { versioning_enabled: false, delete_retention_policy: { days: 30 } },
      lifecycle: { prevent_destroy: true },
    });
  });

  it("is Azure ML's: its files reached by identities, its jobs in a network of their own, nothing from the internet", () => {
    const { data } = features();
    expect(only(data, "azurerm_machine_learning_workspace")).toMatchObject({
      name: "acme-test-features",
      kind: "FeatureStore",
      feature_store: { offline_connection_name: "offline-store" },
      public_network_access_enabled: false,
      v1_legacy_mode_enabled: false,
      managed_network: { isolation_mode: "AllowInternetOutbound" },
      identity: {
        type: "UserAssigned",
        identity_ids: [
          expect.stringMatching(/\/acme-test-features$/),
          expect.stringMatching(/\/acme-test-features-copy$/),
        ],
      },
      lifecycle: { prevent_destroy: true },
    });
    expect(only(data, "azapi_update_resource")).toMatchObject({
      resource_id: CATALOG,
      body: { properties: { systemDatastoresAuthMode: "Identity" } },
    });
  });

  it("lets its jobs' network reach the lake and the datasets over private endpoints, asked for one after the other", () => {
    const rules = resources(
      features().data,
      "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint",
    );
    expect(rules.map(({ name, sub_resource_target }) => [name, sub_resource_target])).toEqual([
      ["datasets-blob", "blob"],
      ["lake-blob", "blob"],
      ["lake-dfs", "dfs"],
    ]);
    const earlier = rules.map(({ depends_on }) => JSON.stringify(depends_on ?? []).match(/Out-[a-z]+-[a-z]+/)?.[0]);
    expect(earlier).toEqual(["Out-lake-blob", "Out-lake-dfs", undefined]);
  });

  it("is made after the accounts that it keeps its files in and reads from, and after its own rights on them", () => {
    const before = catalog().depends_on;
    expect(before).toContainEqual(expect.stringMatching(/^azurerm_storage_account\.artifacts_Account/));
    for (const right of ["OwnBlobs", "Secrets", "ApproveLake", "ApproveSources"]) {
      expect(before).toContainEqual(expect.stringContaining(`.Features_Catalog_Identity_${right}_`));
    }
    expect(before).not.toContainEqual(expect.stringContaining("Identity_Inside"));
  });

  it("copies features into the lake by an identity that can do nothing else", () => {
    expect(azapi("Microsoft.MachineLearningServices/workspaces/connections")).toMatchObject([
      {
        name: "offline-store",
        body: {
          properties: {
            category: "ADLSGen2",
            target: expect.stringMatching(/\/blobServices\/default\/containers\/features$/),
            authType: "ManagedIdentity",
            credentials: { resourceId: expect.stringMatching(/\/acme-test-features-copy$/) },
          },
        },
      },
    ]);
    const rights = Object.entries(features().data?.resource.azurerm_role_assignment ?? {}).filter(([id]) =>
      id.startsWith("Features_Catalog_CopyIdentity"),
    );
    expect(rights.map(([, { role_definition_name, scope }]) => [role_definition_name, scope])).toEqual([
      ["AzureML Data Scientist", CATALOG],
      ["Storage Blob Data Contributor", expect.stringMatching(/\/containers\/features$/)],
      ["Storage Blob Data Reader", expect.stringMatching(/\/containers\/datasets$/)],
    ]);
  });

  it("registers each entity once, by its column", () => {
    expect(azapi("Microsoft.MachineLearningServices/workspaces/featurestoreEntities")).toMatchObject([
      { name: "patient" },
    ]);
    expect(azapi("Microsoft.MachineLearningServices/workspaces/featurestoreEntities/versions")).toMatchObject([
      { name: "1", body: { properties: { indexColumns: [{ columnName: "patient", dataType: "String" }] } } },
    ]);
  });

  it("serves from Cosmos DB: no keys, in the network, encrypted by the environment's key, restorable for a week", () => {
    expect(only(features().data, "azurerm_cosmosdb_account")).toMatchObject({
      local_authentication_disabled: true,
      access_key_metadata_writes_enabled: false,
      public_network_access_enabled: false,
      minimal_tls_version: "Tls12",
      key_vault_key_id: expect.stringMatching(/\/keys\/storage$/),
      default_identity_type: expect.stringMatching(/^UserAssignedIdentity=\/subscriptions\/.*\/acme-test-encryption$/),
      geo_location: [{ location: "koreacentral", failover_priority: 0, zone_redundant: true }],
      backup: { type: "Continuous", tier: "Continuous7Days" },
      lifecycle: { prevent_destroy: true },
    });
  });

  it("notes who reads and writes features with the access logs, and who changes its settings in Log Analytics", () => {
    const settings = resources(features().data, "azurerm_monitor_diagnostic_setting").filter(({ target_resource_id }) =>
      /Features_(Lake|Online)/.test(String(target_resource_id)),
    );
    const logs = settings.map(({ enabled_log, storage_account_id }) => [
      (enabled_log as { category: string }[]).map(({ category }) => category).join(),
      storage_account_id === undefined ? "Log Analytics" : "access logs",
    ]);
    expect(logs.sort()).toEqual([
      ["ControlPlaneRequests", "Log Analytics"],
      ["DataPlaneRequests", "access logs"],
      ["StorageRead,StorageWrite,StorageDelete", "access logs"],
    ]);
  });

  it("leaves alone the regions that its online store was given, or failed over to, while it ran", () => {
    const { lifecycle } = only(features().data, "azurerm_cosmosdb_account");
    expect(lifecycle).toEqual({ prevent_destroy: true });
  });

  it("serves a group from a container, an entity by its key", () => {
    const containers = resources(features().data, "azurerm_cosmosdb_sql_container");
    expect(containers.map(({ name }) => name).sort()).toEqual(["patient_history", "patient_risk"]);
    for (const container of containers) {
      expect(container).toMatchObject({
        partition_key_paths: ["/id"],
        indexing_policy: { indexing_mode: "none" },
        lifecycle: { prevent_destroy: true },
      });
    }
  });

  it("grows with its use in production, and is paid by the request elsewhere", () => {
    expect(only(features().data, "azurerm_cosmosdb_sql_database")).toMatchObject({
      autoscale_settings: { max_throughput: 4000 },
      lifecycle: { prevent_destroy: true },
    });
    const { data } = features(DEVELOPMENT, false);
    expect(only(data, "azurerm_cosmosdb_account")).toMatchObject({ capabilities: [{ name: "EnableServerless" }] });
    expect(only(data, "azurerm_cosmosdb_sql_database")).not.toHaveProperty("autoscale_settings");
  });

  it("can be removed where nothing is protected", () => {
    const { data } = features(DEVELOPMENT, false);
    for (const type of [
      "azurerm_storage_account",
      "azurerm_storage_container",
      "azurerm_cosmosdb_account",
      "azurerm_cosmosdb_sql_database",
      "azurerm_cosmosdb_sql_container",
      "azurerm_machine_learning_workspace",
    ]) {
      for (const resource of resources(data, type)) expect(resource).not.toHaveProperty("lifecycle.prevent_destroy");
    }
    expect(resources(data, "azurerm_management_lock")).toEqual([]);
    expect(lakeOf(DEVELOPMENT, false)).toMatchObject({ account_replication_type: "LRS" });
  });

  it("is locked in production: lake, catalog and online store", () => {
    const locked = resources(features().data, "azurerm_management_lock").map(({ scope }) => String(scope));
    expect(locked.filter((scope) => /Features_(Lake|Catalog_Workspace|Online_Account)/.test(scope))).toHaveLength(3);
  });

  it("is addressed by names that are known before it is made", () => {
    const { offline, online } = features().uris;
    expect(offline).toMatch(/^abfss:\/\/features@[a-z0-9]{3,24}\.dfs\.core\.windows\.net$/);
    expect(online).toMatch(/^https:\/\/[a-z0-9-]{3,44}\.documents\.azure\.com\/dbs\/features$/);
  });

  it("is read by whom it is granted to, in all three places, once", () => {
    const { reader } = features();
    const roles = resources(reader, "azurerm_role_assignment").map((grant) => grant.role_definition_name);
    expect(roles.sort()).toEqual(["Reader", "Storage Blob Data Reader"]);
    expect(only(reader, "azurerm_cosmosdb_sql_role_assignment")).toMatchObject({
      role_definition_id: expect.stringMatching(/\/sqlRoleDefinitions\/00000000-0000-0000-0000-000000000001$/),
      scope: expect.stringMatching(/\/dbs\/features$/),
    });
  });

  it("is written by whom that is granted to, in all three places, once", () => {
    const { writer } = features();
    const roles = resources(writer, "azurerm_role_assignment").map((grant) => grant.role_definition_name);
    expect(roles.sort()).toEqual(["AzureML Data Scientist", "Storage Blob Data Contributor"]);
    expect(only(writer, "azurerm_cosmosdb_sql_role_assignment")).toMatchObject({
      role_definition_id: expect.stringMatching(/\/sqlRoleDefinitions\/00000000-0000-0000-0000-000000000002$/),
    });
  });
});
