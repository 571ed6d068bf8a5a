/** What managed services on Azure use, worked out from their attributes and from what is assumed. */
import type { Quantity } from "./assumptions";
import { dig, list, number, string } from "./resources";
import { always, type CostContext, gibibytes, HOURS, times, type Use } from "./use";

const SECONDS = HOURS * 3600;
const DAYS = HOURS / 24;

/** Days that a workspace keeps logs without a charge: https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs#data-retention. */
const KEPT_FREE_DAYS = 31;

/** What the price of a premium registry holds: https://learn.microsoft.com/azure/container-registry/container-registry-skus. */
const REGISTRY_GIB = 500;

/** Instances of a container app when nothing is said: https://learn.microsoft.com/azure/container-apps/scale-app#scale-definition. */
const MOST_REPLICAS = 10;

/** An autoscaled database never pays for less: https://learn.microsoft.com/azure/cosmos-db/autoscale-faq. */
const LEAST_THROUGHPUT = 0.1;

function above({ idle, busy }: Quantity, included: number): Quantity {
  return { idle: Math.max(0, idle - included), busy: Math.max(0, busy - included) };
}

/** An account of blobs: what it keeps, by how many copies there are and where, and what is done with it. */
export function storageAccount(account: unknown, { assume }: CostContext): readonly Use[] {
  const tier = (string(account, "access_tier") ?? "Hot").toLowerCase();
  const copies = (string(account, "account_replication_type") ?? "unknown").toLowerCase();
  // A data lake has prices of its own.
  const kind = `${tier}.${dig(account, "is_hns_enabled") === true ? "lake." : ""}`;
  return [
    { sku: `blob.${kind}${copies}`, quantity: assume("bucketGiB") },
    { sku: `blob.reads.${kind.slice(0, -1)}`, quantity: assume("blobReads") },
    { sku: `blob.writes.${kind}${copies}`, quantity: assume("blobWrites") },
  ];
}

/**
 * A flexible server: `GP_Standard_D2ds_v5` has two processors of the series Ddsv5. A highly available one has a second
 * server with the same disk. Backups cost nothing up to the size of the disk.
 * https://learn.microsoft.com/azure/postgresql/backup-restore/concepts-backup-restore#backup-storage-cost
 */
function flexibleServer(server: unknown, name: string, { assume }: CostContext, gib: number): readonly Use[] {
  const sku = string(server, "sku_name") ?? "unknown";
  const [, family = "", vcpu, features = "", version = ""] = /_Standard_([A-Z]+)(\d+)([a-z]*)_(v\d+)$/.exec(sku) ?? [];
  const servers = dig(server, "high_availability") === undefined ? 1 : 2;
  const compute =
    vcpu === undefined
      ? { sku: `${name}.${sku}`, quantity: always(HOURS * servers) }
      : {
          sku: `${name}.vcpu.${family}${features}${version}`.toLowerCase(),
          quantity: always(Number(vcpu) * HOURS * servers),
        };
  return [
    compute,
    { sku: `${name}.storage`, quantity: always(gib * servers) },
    { sku: `${name}.backup`, quantity: above(assume("backupGiB"), gib) },
  ];
}

/** A PostgreSQL server. */
export function postgres(server: unknown, context: CostContext): readonly Use[] {
  return flexibleServer(server, "postgres", context, (number(server, "storage_mb") ?? 32_768) / 1024);
}

/** A MySQL server. */
export function mysql(server: unknown, context: CostContext): readonly Use[] {
  return flexibleServer(server, "mysql", context, number(server, "storage", "size_gb") ?? 20);
}

/**
 * A service on Container Apps. Busy is every replica that it may have, all month. One that is held ready without requests
 * pays less for its processor. https://learn.microsoft.com/azure/container-apps/billing
 */
export function containerApp(app: unknown, { assume }: CostContext): readonly Use[] {
  const template = dig(app, "template");
  const idle = number(template, "min_replicas") ?? 0;
  const busy = number(template, "max_replicas") ?? MOST_REPLICAS;
  const { cpu, memory } = size(template);
  return [
    { sku: "apps.cpu.idle", quantity: times({ idle, busy: 0 }, cpu * SECONDS) },
    { sku: "apps.memory.idle", quantity: times({ idle, busy: 0 }, memory * SECONDS) },
    { sku: "apps.cpu", quantity: times({ idle: 0, busy }, cpu * SECONDS) },
    { sku: "apps.memory", quantity: times({ idle: 0, busy }, memory * SECONDS) },
    { sku: "apps.requests", quantity: assume("serviceRequests") },
  ];
}

/** A job on Container Apps. */
export function containerJob(job: unknown, { assume }: CostContext): readonly Use[] {
  const { cpu, memory } = size(dig(job, "template"));
  const seconds = times(assume("jobHours"), 3600);
  return [
    { sku: "apps.cpu", quantity: times(seconds, cpu) },
    { sku: "apps.memory", quantity: times(seconds, memory) },
  ];
}

/** Processors and GiB of all containers. */
function size(template: unknown): { readonly cpu: number; readonly memory: number } {
  const containers = list(template, "container");
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    cpu: sum(containers.map((container) => number(container, "cpu") ?? 0)),
    memory: sum(containers.map((container) => gibibytes(string(container, "memory") ?? "0Gi"))),
  };
}

/** Containers outside of any cluster: they never rest. */
export function containerGroup(group: unknown): readonly Use[] {
  const sum = (key: string) =>
    list(group, "container").reduce((total: number, one) => total + (number(one, key) ?? 0), 0);
  return [
    { sku: "instances.cpu", quantity: always(sum("cpu") * HOURS) },
    { sku: "instances.memory", quantity: always(sum("memory") * HOURS) },
  ];
}

/** A registry of images: by the day. */
export function registry(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const kind = (string(attributes, "sku") ?? "unknown").toLowerCase();
  return [
    { sku: `registry.${kind}`, quantity: always(DAYS) },
    { sku: "registry.storage", quantity: above(assume("registryGiB"), REGISTRY_GIB) },
  ];
}

/** A way into a service from inside the network, by the hour. */
export function privateEndpoint(_endpoint: unknown, { assume }: CostContext): readonly Use[] {
  return [
    { sku: "endpoint", quantity: always(HOURS) },
    { sku: "endpoint.data", quantity: assume("endpointGiB") },
  ];
}

/** The way to the internet. */
export function nat(_gateway: unknown, { assume }: CostContext): readonly Use[] {
  return [
    { sku: "nat.gateway", quantity: always(HOURS) },
    { sku: "nat.data", quantity: assume("natGiB") },
  ];
}

/** A DNS zone and the queries for its names. */
export function zone(_zone: unknown, { assume }: CostContext): readonly Use[] {
  return [
    { sku: "dns.zone", quantity: always(1) },
    { sku: "dns.queries", quantity: assume("dnsQueries") },
  ];
}

/** Logs: writing is paid once, keeping beyond a month by the month. */
export function logs(workspace: unknown, { assume }: CostContext): readonly Use[] {
  const days = Math.max(0, (number(workspace, "retention_in_days") ?? KEPT_FREE_DAYS) - KEPT_FREE_DAYS);
  return [
    { sku: "logs.written", quantity: assume("logGiB") },
    { sku: "logs.kept", quantity: times(assume("logGiB"), days / DAYS) },
  ];
}

/** What is sent to a storage account is paid for on the way; to the workspace it is not, only there. */
export function diagnostics(setting: unknown, { assume }: CostContext): readonly Use[] {
  const archives = dig(setting, "storage_account_id") !== undefined;
  return archives ? [{ sku: "logs.exported", quantity: assume("requestLogGiB") }] : [];
}

/** An alert looks at each row of figures that its conditions name; `*` counts as one. */
export function metricAlert(alert: unknown): readonly Use[] {
  const rows = list(alert, "criteria").map((one) =>
    list(one, "dimension").reduce((product: number, dimension) => product * (list(dimension, "values").length || 1), 1),
  );
  return [{ sku: "alert.metric", quantity: always(rows.reduce((total, count) => total + count, 0)) }];
}

/** An alert that asks the logs: the more often, the more it costs; every quarter of an hour is the cheapest. */
export function logAlert(alert: unknown): readonly Use[] {
  const [, minutes = "15"] = /^PT(\d+)M$/.exec(string(alert, "evaluation_frequency") ?? "") ?? [];
  return [{ sku: `alert.log.${Math.min(Number(minutes), 15)}`, quantity: always(1) }];
}

/** A key: only one that was used in the month costs anything, and one that no hardware keeps only its operations. */
export function key(action: unknown, { assume }: CostContext): readonly Use[] {
  const properties = dig(action, "body", "properties");
  const isAdvanced = (number(properties, "keySize") ?? 2048) > 2048;
  const inHardware = string(properties, "kty")?.endsWith("-HSM") === true;
  return [
    ...(inHardware ? [{ sku: `key.hsm${isAdvanced ? ".advanced" : ""}`, quantity: assume("usedKeyVersions") }] : []),
    { sku: `key.operations${isAdvanced ? ".advanced" : ""}`, quantity: assume("keyOperations") },
    { sku: "key.rotation", quantity: always(rotations(properties)) },
  ];
}

/** Times a month that a key turns into a new version by itself. */
function rotations(properties: unknown): number {
  const after = list(properties, "rotationPolicy", "lifetimeActions").map((one) =>
    /^P(\d+)D$/.exec(string(one, "trigger", "timeAfterCreate") ?? ""),
  );
  const days = after.find((found) => found !== null)?.[1];
  return days === undefined ? 0 : DAYS / Number(days);
}

/** Where secrets are kept, and keys whose own uses are counted with them. */
export function vault(_vault: unknown, { assume }: CostContext): readonly Use[] {
  return [{ sku: "vault.operations", quantity: assume("secretReads") }];
}

/** A namespace of queues. The price of a standard one holds its first 13 million operations a month. */
export function queues(namespace: unknown): readonly Use[] {
  const kind = (string(namespace, "sku") ?? "unknown").toLowerCase();
  return [{ sku: `queues.${kind}`, quantity: always(HOURS * Math.max(1, number(namespace, "capacity") ?? 1)) }];
}

/** A Cosmos DB database or container that has throughput of its own. One that scales by itself pays for what it scaled to. */
export function throughput(attributes: unknown): readonly Use[] {
  const most = number(attributes, "autoscale_settings", "max_throughput");
  const fixed = number(attributes, "throughput");
  if (most !== undefined) {
    const quantity = { idle: most * LEAST_THROUGHPUT, busy: most };
    return [{ sku: "cosmos.autoscale", quantity: times(quantity, HOURS / 100) }];
  }
  return fixed === undefined ? [] : [{ sku: "cosmos.throughput", quantity: times(always(fixed), HOURS / 100) }];
}

/** A table of features, as it is read online. */
export function onlineTable(attributes: unknown, { assume }: CostContext): readonly Use[] {
  return [...throughput(attributes), { sku: "cosmos.storage", quantity: assume("tableGiB") }];
}

/** Machines for data flows: by the processor, while they run. */
export function flowRuntime(runtime: unknown, { assume }: CostContext): readonly Use[] {
  const kind = (string(runtime, "compute_type") ?? "General").toLowerCase();
  return [{ sku: `flows.vcpu.${kind}`, quantity: times(assume("flowHours"), number(runtime, "core_count") ?? 8) }];
}
