/** The metadata database on Azure, and how identities get into it. */
import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { MetadataDatabaseProps } from "../../lib/contracts/metadata-database";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const NAMES = new AzureNames(PRODUCTION);
const SMALL: MetadataDatabaseProps = { class: "db-small" };
const ENCRYPTION = NAMES.identity("encryption");

/** The layer `data` with a database, `compute`, and the layer `ml` with identities that may connect. */
function database(
  { props = SMALL, workloads = [] }: { props?: MetadataDatabaseProps; workloads?: readonly string[] } = {},
  settings: AzureSettings = PRODUCTION,
) {
  return onAzure(
    ({ platform, layer }) => {
      const server = platform.metadataDatabase(layer("data"), "Database", props);
      layer("compute");
      for (const workload of workloads) {
        const identity = platform.workloadIdentity(layer("ml"), workload, { workload });
        server.grants.connect(identity);
        server.grants.connect(identity);
      }
      expect(server.passwordReference).toBeNull();
      expect(server.port).toBe(5432);
      expect(server.uri("mlflow")).toBeNull();
      layer("ml").addOutput("ledger", server.uri("ledger") ?? "", "address");
    },
    settings,
    { assume: true },
  );
}

const server = (props: Partial<MetadataDatabaseProps> = {}, settings: AzureSettings = PRODUCTION) =>
  only(database({ props: { ...SMALL, ...props } }, settings).data, "azurerm_postgresql_flexible_server");

const parameters = () =>
  Object.fromEntries(
    resources(database().data, "azurerm_postgresql_flexible_server_configuration").map(({ name, value }) => [
      name,
      value,
    ]),
  );

it("the server is reached inside the network only, in a subnet of its own", () => {
  expect(server()).toMatchObject({
    public_network_access_enabled: false,
    delegated_subnet_id: NAMES.subnet("database"),
    private_dns_zone_id: NAMES.privateZone("postgres"),
  });
});

it("nobody logs in by a password: there is none, and no user that has one", () => {
  expect(server()).toMatchObject({
    authentication: {
      active_directory_auth_enabled: true,
      password_auth_enabled: false,
      tenant_id: PRODUCTION.tenant,
    },
  });
  expect(JSON.stringify(database().data)).not.toContain("administrator_password");
});

it("it is the newest PostgreSQL, on the machine of the size class, encrypted by the environment's key whatever its version", () => {
  expect(server({ class: "db-medium" })).toMatchObject({
    version: "18",
    sku_name: "GP_Standard_D4ds_v5",
    identity: { type: "UserAssigned", identity_ids: [ENCRYPTION] },
    customer_managed_key: {
      key_vault_key_id: NAMES.keyUri("database"),
      primary_user_assigned_identity_id: ENCRYPTION,
    },
  });
  const plain = server({}, DEVELOPMENT);
  expect(plain).not.toHaveProperty("customer_managed_key");
  expect(plain).not.toHaveProperty("identity");
});

it.each([
  [undefined, 32_768],
  [32, 32_768],
  [33, 65_536],
  [500, 524_288],
])("a disk for %p GiB is one that there is, and grows by itself", (storageGiB, storage_mb) => {
  expect(server({ storageGiB })).toMatchObject({ storage_mb, auto_grow_enabled: true });
});

it("a grown disk and a failover are no difference to be undone", () => {
  expect(server()).toMatchObject({
    lifecycle: { ignore_changes: ["storage_mb", "zone", "high_availability[0].standby_availability_zone"] },
  });
});

it("a standby takes over in another zone, or on other hardware in a region without zones", () => {
  expect(server({ highAvailability: true })).toMatchObject({
    zone: "1",
    high_availability: { mode: "ZoneRedundant", standby_availability_zone: "2" },
  });
  const { high_availability, zone } = server({ highAvailability: true }, { ...PRODUCTION, zones: [] });
  expect(high_availability).toEqual({ mode: "SameZone" });
  expect(zone).toBeUndefined();
  expect(server()).not.toHaveProperty("high_availability");
});

it("backups are kept as long as asked, as far as Azure does, and in a second region where no own key stands in the way", () => {
  expect(server({ backupRetentionDays: 35 })).toMatchObject({ backup_retention_days: 35 });
  expect(server({ backupRetentionDays: 90 })).toMatchObject({ backup_retention_days: 35 });
  expect(server({ backupRetentionDays: 1 })).toMatchObject({ backup_retention_days: 7 });
  expect(server()).toMatchObject({ geo_redundant_backup_enabled: false });
  expect(server({}, { ...PRODUCTION, ownKeys: false })).toMatchObject({ geo_redundant_backup_enabled: true });
  expect(server({}, DEVELOPMENT)).toMatchObject({ geo_redundant_backup_enabled: false });
  // A region without a partner has nowhere to copy to.
  expect(server({}, { ...PRODUCTION, ownKeys: false, region: "italynorth" })).toMatchObject({
    geo_redundant_backup_enabled: false,
  });
});

it("in production it is maintained at a fixed hour, and in development as soon as there is something new", () => {
  expect(server()).toMatchObject({ maintenance_window: { day_of_week: 0, start_hour: 3 } });
  expect(server({}, DEVELOPMENT)).not.toHaveProperty("maintenance_window");
});

it("in production neither Terraform nor anybody else deletes it, nor its database", () => {
  const { data } = database();
  expect(only(data, "azurerm_management_lock")).toMatchObject({ lock_level: "CanNotDelete" });
  for (const type of ["azurerm_postgresql_flexible_server", "azurerm_postgresql_flexible_server_database"]) {
    expect(only(data, type)).toMatchObject({ lifecycle: { prevent_destroy: true } });
  }
  const lifted = database({ props: { ...SMALL, deletionProtection: false } });
  expect(resources(lifted.data, "azurerm_management_lock")).toEqual([]);
  expect(JSON.stringify(lifted.data)).not.toContain("prevent_destroy");
});

it("connections are encrypted, and who connects or changes rights is written down", () => {
  expect(parameters()).toMatchObject({
    require_secure_transport: "on",
    ssl_min_protocol_version: "TLSv1.2",
    log_connections: "on",
    log_disconnections: "on",
    log_checkpoints: "on",
    "connection_throttle.enable": "on",
    "azure.extensions": "PGAUDIT",
    "pgaudit.log": "ddl,role",
  });
  expect(only(database().data, "azurerm_monitor_diagnostic_setting")).toMatchObject({
    log_analytics_workspace_id: NAMES.logs,
    enabled_log: [{ category: "PostgreSQLLogs" }],
  });
});

it("what is to be audited is said after the audit is loaded", () => {
  const audit = resources(database().data, "azurerm_postgresql_flexible_server_configuration").find(
    ({ name }) => name === "pgaudit.log",
  );
  expect(audit?.depends_on).toEqual([
    expect.stringMatching(/^azurerm_postgresql_flexible_server_configuration\.Database_shared_preload_libraries/),
  ]);
});

it("it keeps the ledger only: runs and models are Azure ML's", () => {
  expect(only(database().data, "azurerm_postgresql_flexible_server_database")).toMatchObject({ name: "ledger" });
  expect(database().ml?.output.ledger?.value).toBe(`postgresql://acme-test-trigger@${NAMES.databaseHost}:5432/ledger`);
});

describe("who gives identities their rights", () => {
  it("is one identity, the server's only administrator, which stands with the environment that the job runs in", () => {
    const { compute } = database();
    const administrator = only(compute, "azurerm_postgresql_flexible_server_active_directory_administrator");
    expect(administrator).toMatchObject({
      server_name: NAMES.databaseServer,
      principal_name: "acme-test-database-access",
      principal_type: "ServicePrincipal",
      object_id: expect.stringContaining(".principal_id}"),
    });
    expect(only(compute, "azurerm_role_assignment")).toMatchObject({
      role_definition_name: "AcrPull",
      scope: NAMES.registryId,
    });
  });

  it("is a job of each layer that has such identities, started by whoever deploys", () => {
    const { ml } = database({ workloads: ["trigger", "pipelines"] });
    const job = only(ml, "azurerm_container_app_job");
    const identity = NAMES.identity("database-access");
    expect(job).toMatchObject({
      name: NAMES.databaseAccessJob("ml"),
      container_app_environment_id: NAMES.containerEnvironment,
      manual_trigger_config: { parallelism: 1, replica_completion_count: 1 },
      identity: { type: "UserAssigned", identity_ids: [identity] },
      registry: [{ server: NAMES.imagePrefix, identity }],
      template: {
        container: [{ image: NAMES.image("tracking"), command: ["python"], args: ["-m", "database_access"] }],
      },
    });
    expect(job).not.toHaveProperty("schedule_trigger_config");
  });

  it("knows each identity once, by its name and its object id", () => {
    const { ml } = database({ workloads: ["trigger", "pipelines"] });
    const { template } = only(ml, "azurerm_container_app_job") as {
      template: { container: { env: { name: string; value: string }[] }[] };
    };
    const env = Object.fromEntries(template.container[0]?.env.map(({ name, value }) => [name, value]) ?? []);
    expect(env).toMatchObject({ DATABASE_HOST: NAMES.databaseHost, DATABASE_USER: "acme-test-database-access" });
    expect(JSON.parse(env.DATABASE_ACCESS ?? "")).toEqual([
      {
        user: "acme-test-pipelines",
        database: "ledger",
        object: expect.stringMatching(/^\$\{azurerm_user_assigned_identity\.pipelines_.*\.principal_id\}$/),
      },
      {
        user: "acme-test-trigger",
        database: "ledger",
        object: expect.stringMatching(/^\$\{azurerm_user_assigned_identity\.trigger_.*\.principal_id\}$/),
      },
    ]);
  });

  it("is nobody while the job's image is not built", () => {
    const { ml } = database({ workloads: ["trigger"] }, { ...PRODUCTION, images: {} });
    expect(resources(ml, "azurerm_container_app_job")).toEqual([]);
  });
});

it("no identity of an earlier layer is let in", () => {
  expect(() =>
    onAzure(({ platform, layer }) => {
      const identity = platform.workloadIdentity(layer("network"), "Early", { workload: "early" });
      platform.metadataDatabase(layer("data"), "Database", SMALL).grants.connect(identity);
    }),
  ).toThrow(/cannot grant a right/);
});
