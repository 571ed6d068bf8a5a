/** The arithmetic of an estimate on Azure: known examples, and what is left out and said. */
import { type Estimate, type EstimateProps, estimate } from "../../operations/cost/estimate";

type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An estimate of resources of one layer: type → id → attributes. */
function of(resource: Resources, props: Partial<EstimateProps> = {}): Estimate {
  const stacks = [{ name: "test-data", layer: "data", document: { resource } }];
  return estimate({ environment: "test", cloud: "azure", region: "koreacentral", stacks, ...props });
}

/** Of one resource. */
const one = (type: string, attributes: unknown) => of({ [type]: { One: attributes } });

/** USD of each meter. */
function meters({ layers }: Estimate): Record<string, { idle: number; busy: number }> {
  const lines = layers.flatMap(({ parts }) =>
    parts.flatMap(({ resources }) => resources.flatMap(({ lines }) => lines)),
  );
  return Object.fromEntries(lines.map(({ sku, usd }) => [sku, usd]));
}

/** Why each resource is not in the totals as a whole. */
const reasons = ({ notPriced }: Estimate) => notPriced.map(({ why }) => why);

function pool(more: Readonly<Record<string, unknown>> = {}) {
  return {
    vm_size: "Standard_D4s_v5",
    auto_scaling_enabled: true,
    min_count: 1,
    max_count: 4,
    os_disk_type: "Ephemeral",
    ...more,
  };
}

describe("machines", () => {
  test("of a pool cost their least number idle and their most busy, spot at the spot price", () => {
    const type = "azurerm_kubernetes_cluster_node_pool";
    // 730 hours × 0.236, and × 0.043613
    expect(meters(one(type, pool()))).toEqual({ "machine.Standard_D4s_v5": { idle: 172.28, busy: 689.12 } });
    expect(reasons(one(type, pool()))).toEqual([]);
    expect(meters(one(type, pool({ priority: "Spot" })))).toEqual({
      "machine.Standard_D4s_v5.spot": { idle: 31.84, busy: 127.35 },
    });
    expect(meters(one(type, pool({ auto_scaling_enabled: false, node_count: 2 })))).toEqual({
      "machine.Standard_D4s_v5": { idle: 344.56, busy: 344.56 },
    });
  });

  test("have a premium disk of the next size that is sold, but where the disk is on the machine itself", () => {
    const disk = (gib: number, region: string) =>
      of(
        { azurerm_kubernetes_cluster_node_pool: { P: pool({ os_disk_type: "Managed", os_disk_size_gb: gib }) } },
        { region },
      );
    // Four of the size for 512 GiB.
    expect(meters(disk(300, "westeurope"))["disk.P20"]).toEqual({ idle: 80.54, busy: 322.16 });
    const here = disk(128, "koreacentral");
    expect(reasons(here)).toEqual(["no price in koreacentral for disk.P10; the rest is in the totals"]);
    expect(here.notPriced[0]?.missing[0]?.elsewhere).toEqual({
      westeurope: { idle: 21.68, busy: 86.72 },
      eastus: { idle: 19.71, busy: 78.84 },
    });
  });

  test("that stand in for spot machines are none, and all when there are no spot machines", () => {
    const bounds = { min_count: 0, max_count: 2 };
    const twin = pool({ ...bounds, node_taints: ["mlops/fallback=on-demand:PreferNoSchedule"] });
    const both = { azurerm_kubernetes_cluster_node_pool: { P: pool({ ...bounds, priority: "Spot" }), T: twin } };
    expect(of(both).total).toEqual({ idle: 0, busy: 63.67 });
    expect(of(both, { changes: { spotShortage: 1 } }).total).toEqual({ idle: 0, busy: 344.56 });
  });

  test("of the cluster itself come with its control plane, which is free without a promise about it", () => {
    const cluster = (tier: string) => one("azurerm_kubernetes_cluster", { sku_tier: tier, default_node_pool: pool() });
    expect(meters(cluster("Free"))).toEqual({ "machine.Standard_D4s_v5": { idle: 172.28, busy: 689.12 } });
    expect(reasons(cluster("Free"))).toEqual([]);
    expect(meters(cluster("Standard"))["aks.standard"]).toEqual({ idle: 73, busy: 73 });
    expect(meters(cluster("Premium"))["aks.premium"]).toEqual({ idle: 438, busy: 438 });
  });

  test("for training are none when idle, and have Azure ML's own price when they can be taken away", () => {
    const training = (priority: string) =>
      meters(
        one("azurerm_machine_learning_compute_cluster", {
          vm_size: "Standard_D4s_v5",
          vm_priority: priority,
          scale_settings: { min_node_count: 0, max_node_count: 2 },
        }),
      );
    expect(training("LowPriority")).toEqual({ "machine.Standard_D4s_v5.lowPriority": { idle: 0, busy: 68.91 } });
    expect(training("Dedicated")).toEqual({ "machine.Standard_D4s_v5": { idle: 0, busy: 344.56 } });
  });

  test("of a person rest when nobody works on them, and never where nothing shuts them down", () => {
    const notebook = (more: Readonly<Record<string, string>>) =>
      one("azapi_resource", {
        type: "Microsoft.MachineLearningServices/workspaces/computes@2025-12-01",
        location: "koreacentral",
        body: { properties: { computeType: "ComputeInstance", properties: { vmSize: "Standard_D2ds_v4", ...more } } },
      });
    expect(notebook({ idleTimeBeforeShutdown: "PT30M" }).total).toEqual({ idle: 0, busy: 22.24 });
    expect(notebook({}).total).toEqual({ idle: 101.47, busy: 101.47 });
    expect(reasons(notebook({}))).toEqual(["no price in koreacentral for disk.P10; the rest is in the totals"]);
  });

  test("that serve never rest; those that build are paid by the minute", () => {
    const server = { size: "Standard_D2s_v5", os_disk: { storage_account_type: "StandardSSD_LRS", disk_size_gb: 64 } };
    expect(one("azurerm_linux_virtual_machine", server).total).toEqual({ idle: 90.94, busy: 90.94 });
    const builder = { fabricProfile: { sku: { name: "Standard_D2s_v5" } } };
    const builds = { type: "Microsoft.DevOpsInfrastructure/pools@2025-09-20", body: { properties: builder } };
    expect(one("azapi_resource", builds).total).toEqual({ idle: 0, busy: 0.98 });
  });
});

describe("services", () => {
  const server = (more: Readonly<Record<string, unknown>> = {}) => ({
    sku_name: "GP_Standard_D2ds_v5",
    storage_mb: 32_768,
    ...more,
  });

  test("a database is paid by the processor, with a second server when it is highly available", () => {
    const database = (more = {}) => one("azurerm_postgresql_flexible_server", server(more));
    expect(meters(database())).toEqual({ "postgres.vcpu.ddsv5": { idle: 179.58, busy: 179.58 } });
    const two = database({ high_availability: { mode: "ZoneRedundant" } });
    expect(meters(two)).toEqual({ "postgres.vcpu.ddsv5": { idle: 359.16, busy: 359.16 } });
    expect(two.notPriced[0]?.missing).toEqual([
      {
        sku: "postgres.storage",
        region: "koreacentral",
        quantity: { idle: 64, busy: 64 },
        elsewhere: { westus: { idle: 8.83, busy: 8.83 } },
      },
    ]);
  });

  test("backups of a database cost only what is more than its disk", () => {
    const resources = { azurerm_postgresql_flexible_server: { S: { ...server(), location: "westus" } } };
    const backups = (gib: number) => meters(of(resources, { changes: { backupGiB: gib } }))["postgres.backup"];
    expect(backups(32)).toBeUndefined();
    expect(backups(52)).toEqual({ idle: 1.9, busy: 1.9 });
  });

  test("a size of database that nobody gave a price for is said", () => {
    expect(reasons(one("azurerm_postgresql_flexible_server", server({ sku_name: "B_Standard_B1ms" })))).toEqual([
      "no dated price at hand for postgres.B_Standard_B1ms; no price in koreacentral for postgres.storage",
    ]);
  });

  const app = (min: number | undefined) => ({
    template: {
      ...(min === undefined ? {} : { min_replicas: min }),
      max_replicas: 2,
      container: [
        { cpu: 0.5, memory: "1Gi" },
        { cpu: 0.5, memory: "512Mi" },
      ],
    },
  });

  test("a serverless service is 0 when idle, and busy has all its replicas all month, each with all its containers", () => {
    const made = one("azurerm_container_app", app(undefined));
    expect(made.total).toEqual({ idle: 0, busy: 150.2 });
    // 2 replicas × 1 vCPU and 1.5 GiB × 2 628 000 seconds
    expect(meters(made)).toEqual({
      "apps.cpu": { idle: 0, busy: 126.14 },
      "apps.memory": { idle: 0, busy: 23.65 },
      "apps.requests": { idle: 0, busy: 0.4 },
    });
  });

  test("a serverless service that names no most has ten replicas", () => {
    const open = { template: { container: [{ cpu: 0.5, memory: "1Gi" }] } };
    expect(meters(one("azurerm_container_app", open))["apps.cpu"]).toEqual({ idle: 0, busy: 315.36 });
  });

  test("a replica that is held ready pays less for its processor", () => {
    expect(meters(one("azurerm_container_app", app(1)))).toMatchObject({
      "apps.cpu.idle": { idle: 7.88, busy: 0 },
      "apps.memory.idle": { idle: 11.83, busy: 0 },
      "apps.cpu": { idle: 0, busy: 126.14 },
    });
  });

  test("a database that scales by itself pays a tenth idle and all of it busy", () => {
    const database = (more: unknown) => one("azurerm_cosmosdb_sql_database", more).total;
    expect(database({ autoscale_settings: { max_throughput: 4000 } })).toEqual({ idle: 35.04, busy: 350.4 });
    expect(database({ throughput: 400 })).toEqual({ idle: 23.36, busy: 23.36 });
    expect(meters(one("azurerm_cosmosdb_sql_container", {}))).toEqual({ "cosmos.storage": { idle: 2.5, busy: 2.5 } });
  });

  test("an account of blobs is paid by how many copies there are", () => {
    const account = (copies: string, more = {}) =>
      one("azurerm_storage_account", { access_tier: "Hot", account_replication_type: copies, ...more });
    expect(meters(account("LRS"))).toEqual({
      "blob.hot.lrs": { idle: 1, busy: 1 },
      "blob.reads.hot": { idle: 0, busy: 0.4 },
      "blob.writes.hot.lrs": { idle: 0, busy: 0.5 },
    });
    expect(reasons(account("GZRS"))).toEqual([
      "no price in koreacentral for blob.hot.gzrs, blob.writes.hot.gzrs; the rest is in the totals",
    ]);
    expect(meters(account("ZRS", { is_hns_enabled: true }))["blob.hot.lake.zrs"]).toEqual({ idle: 1.25, busy: 1.25 });
  });

  test("logs are paid when written, and by the month when kept for more than 31 days", () => {
    const workspace = (days: number) => meters(one("azurerm_log_analytics_workspace", { retention_in_days: days }));
    expect(workspace(30)).toEqual({ "logs.written": { idle: 62.2, busy: 62.2 } });
    expect(workspace(92)["logs.kept"]).toEqual({ idle: 5.62, busy: 5.62 });
  });

  test("sending logs costs something on the way to an account, and nothing on the way to the workspace", () => {
    const type = "azurerm_monitor_diagnostic_setting";
    expect(one(type, { log_analytics_workspace_id: "a" }).share).toMatchObject({ priced: 0, free: 1 });
    expect(one(type, { storage_account_id: "a" }).total).toEqual({ idle: 0.34, busy: 0.34 });
  });

  test("alerts cost by how often they look and at how many rows", () => {
    const log = (frequency: string) =>
      one("azurerm_monitor_scheduled_query_rules_alert_v2", { evaluation_frequency: frequency }).total.idle;
    expect(["PT1M", "PT5M", "PT15M", "PT30M"].map(log)).toEqual([3, 1.5, 0.5, 0.5]);
    const dimension = [{ values: ["a", "b"] }, { values: ["*"] }];
    expect(one("azurerm_monitor_metric_alert", { criteria: [{}, { dimension }] }).total.idle).toBe(0.3);
  });

  test("a key that hardware keeps costs by its length, and each turn to a new version costs", () => {
    const key = (properties: unknown) =>
      one("azapi_resource_action", { type: "Microsoft.KeyVault/vaults/keys@2024-11-01", body: { properties } });
    const rotationPolicy = { lifetimeActions: [{ trigger: { timeAfterCreate: "P73D" } }] };
    expect(meters(key({ kty: "RSA-HSM", keySize: 3072, rotationPolicy }))).toEqual({
      "key.hsm.advanced": { idle: 5, busy: 5 },
      "key.operations.advanced": { idle: 0, busy: 1.5 },
      "key.rotation": { idle: 0.42, busy: 0.42 },
    });
    expect(meters(key({ kty: "RSA-HSM", keySize: 2048 }))).toEqual({
      "key.hsm": { idle: 1, busy: 1 },
      "key.operations": { idle: 0, busy: 0.3 },
    });
    expect(meters(key({ kty: "RSA", keySize: 2048 }))).toEqual({ "key.operations": { idle: 0, busy: 0.3 } });
  });

  test("queues, the registry, ways in and out, and names are paid by time", () => {
    const idle = (type: string, attributes: unknown = {}) => one(type, attributes).total.idle;
    expect(idle("azurerm_servicebus_namespace", { sku: "Standard" })).toBe(9.81);
    expect(idle("azurerm_servicebus_namespace", { sku: "Premium", capacity: 2 })).toBe(1354.15);
    expect(idle("azurerm_container_registry", { sku: "Premium" })).toBe(50.69);
    expect(idle("azurerm_private_endpoint")).toBe(7.3);
    expect(idle("azurerm_nat_gateway")).toBe(32.85);
    expect(idle("azurerm_private_dns_zone")).toBe(0.5);
  });

  test("a registry holds 500 GiB for its price", () => {
    const registry = { azurerm_container_registry: { R: {} } };
    expect(meters(of(registry, { changes: { registryGiB: 600 } }))["registry.storage"]).toEqual({ idle: 10, busy: 10 });
  });
});

describe("what has no price", () => {
  test("is listed with its reason, is in no total and counts against the share", () => {
    const made = of({
      azurerm_public_ip: { A: {} },
      azapi_resource: { E: { type: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-12-01" } },
      azurerm_user_assigned_identity: { I: {} },
    });
    expect(made.total).toEqual({ idle: 3.65, busy: 3.65 });
    expect(made.share).toEqual({ priced: 1, notPriced: 1, percent: 50, free: 1 });
    expect(made.notPriced.map(({ type, why }) => [type, why])).toEqual([
      [
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        "the machines of the models that a release puts on it",
      ],
    ]);
  });

  test.each([
    ["azurerm_quantum_computer", "azurerm_quantum_computer", {}],
    ["azuredevops_robot", "azuredevops_robot", {}],
    ["azapi_resource", "Microsoft.Quantum/workspaces", { type: "Microsoft.Quantum/workspaces@2025-01-01" }],
    ["google_storage_bucket", "google_storage_bucket", {}],
  ])("as a type that no table knows is listed too: %s", (type, named, attributes) => {
    expect(one(type, attributes).notPriced.map(({ type, why }) => [type, why])).toEqual([
      [named, "a type of resource that the estimate does not know"],
    ]);
  });

  test("because it is a grant of rights is not even counted", () => {
    expect(one("azurerm_role_assignment", {}).share).toEqual({ priced: 0, notPriced: 0, percent: 100, free: 0 });
  });

  test("and what is assumed are those of this cloud", () => {
    const keys = (made: Estimate) => made.assumptions.map(({ key }) => key);
    expect(keys(of({}))).toEqual(expect.arrayContaining(["bucketGiB", "usedKeyVersions", "flowRuns"]));
    expect(keys(of({}))).not.toContain("scannedImages");
    expect(keys(of({}, { cloud: "gcp" }))).not.toContain("flowRuns");
  });
});
