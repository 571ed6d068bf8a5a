/** MySQL beside the metadata database: what Kubeflow Pipelines keeps of its own. */
import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { MetadataDatabaseProps } from "../../lib/contracts/metadata-database";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const NAMES = new AzureNames(PRODUCTION);
const HOST = `${NAMES.name("mysqlServer", "pipeline-store")}.mysql.database.azure.com`;

function store(props: Partial<MetadataDatabaseProps> = {}, settings: AzureSettings = PRODUCTION) {
  const uris: (string | null)[] = [];
  const { data } = onAzure(
    ({ platform, layer }) => {
      const made = platform.metadataDatabase(layer("data"), "Database", {
        class: "db-small",
        pipelineStore: true,
        ...props,
      });
      uris.push(made.pipelineStoreUri);
    },
    settings,
    { assume: true },
  );
  return { data, uri: uris[0] };
}

const server = (props: Partial<MetadataDatabaseProps> = {}, settings: AzureSettings = PRODUCTION) =>
  only(store(props, settings).data, "azurerm_mysql_flexible_server");

test("there is none unless it is asked for", () => {
  const { data, uri } = store({ pipelineStore: false });
  expect(resources(data, "azurerm_mysql_flexible_server")).toEqual([]);
  expect(JSON.stringify(data)).not.toContain("random_password");
  expect(uri).toBeNull();
});

test("it is the line of MySQL whose users log in as Kubeflow's metadata server can", () => {
  expect(server()).toMatchObject({ version: "8.0.21", administrator_login: "kubeflow" });
});

test("it stands inside the network only, in a subnet of its own, and is named there", () => {
  expect(server()).toMatchObject({
    delegated_subnet_id: NAMES.subnet("pipelineStore"),
    private_dns_zone_id: NAMES.privateZone("mysql"),
  });
  expect(store().uri).toBe(`mysql://kubeflow@${HOST}:3306/mlpipeline`);
});

test("its password is made up while deploying, goes to server and vault, and stands nowhere", () => {
  const { data } = store();
  expect(server()).toMatchObject({
    administrator_password_wo: "${ephemeral.random_password.pipeline_store.result}",
    administrator_password_wo_version: 1,
  });
  expect(server()).not.toHaveProperty("administrator_password");
  expect(only(data, "azapi_resource_action")).toMatchObject({
    type: "Microsoft.KeyVault/vaults/secrets@2025-05-01",
    resource_id: NAMES.secretId("pipeline-store"),
    method: "PUT",
    sensitive_body: { properties: { value: "${ephemeral.random_password.pipeline_store.result}" } },
    sensitive_body_version: { "properties.value": "1" },
  });
  // Sent whenever it changes, and then without the password.
  expect(only(data, "azapi_resource_action").body).toEqual({
    properties: { attributes: { enabled: true }, contentType: "text/plain" },
  });
});

test("its password stays in the vault when it goes, since Azure's management deletes no secret", () => {
  expect(resources(store().data, "azapi_resource")).toEqual([]);
});

test("in a vault that others use, its password has a name of the environment's own", () => {
  const vault = `${NAMES.resourceGroupId}/providers/Microsoft.KeyVault/vaults/shared`;
  const { data } = store({}, { ...PRODUCTION, existing: { vault } });
  expect(only(data, "azapi_resource_action").resource_id).toBe(`${vault}/secrets/acme-test-pipeline-store`);
});

test("backups are copied to the paired region where there is one, and no own key is in the way", () => {
  const copied = (settings: Partial<AzureSettings>) =>
    server({}, { ...PRODUCTION, ownKeys: false, ...settings }).geo_redundant_backup_enabled;
  expect([copied({}), copied({ region: "italynorth" }), copied({ ownKeys: true })]).toEqual([true, false, false]);
});

test("connections are encrypted, who connects is written down, and no client reads the server's files", () => {
  const { data } = store();
  const parameters = Object.fromEntries(
    resources(data, "azurerm_mysql_flexible_server_configuration").map(({ name, value }) => [name, value]),
  );
  expect(parameters).toMatchObject({
    require_secure_transport: "ON",
    tls_version: "TLSv1.2,TLSv1.3",
    audit_log_enabled: "ON",
    local_infile: "OFF",
  });
  const logs = resources(data, "azurerm_monitor_diagnostic_setting");
  expect(logs).toContainEqual(expect.objectContaining({ enabled_log: [{ category: "MySqlAuditLogs" }] }));
});

test("it is as large and as safe as the database beside it", () => {
  expect(server({ class: "db-large", highAvailability: true, backupRetentionDays: 30, storageGiB: 64 })).toMatchObject({
    sku_name: "GP_Standard_D8ads_v5",
    high_availability: { mode: "ZoneRedundant", standby_availability_zone: "2" },
    backup_retention_days: 30,
    storage: { size_gb: 64, auto_grow_enabled: true },
    customer_managed_key: { key_vault_key_id: NAMES.keyUri("database") },
    lifecycle: { prevent_destroy: true },
  });
  expect(resources(store().data, "azurerm_management_lock")).toHaveLength(2);
  expect(server({ deletionProtection: false }, DEVELOPMENT)).not.toHaveProperty("customer_managed_key");
});

test("it is of the class of the metadata database, by a machine that MySQL has", () => {
  expect(JSON.stringify(store({ class: "db-large" }))).toContain("Standard_D8ads_v5");
});

test("it holds the three databases of Kubeflow Pipelines", () => {
  const names = resources(store().data, "azurerm_mysql_flexible_database").map(({ name }) => name);
  expect(names.sort()).toEqual(["cachedb", "metadb", "mlpipeline"]);
});
