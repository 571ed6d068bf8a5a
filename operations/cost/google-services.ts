/** What managed services of Google Cloud use, worked out from their attributes and from what is assumed. */
import { dig, list, number, string } from "./resources";
import { always, type CostContext, gibibytes, HOURS, times, type Use } from "./use";

const SECONDS = HOURS * 3600;
const GIB_OF_TIB = 1 / 1024;

/** Days that logs are kept without a charge for keeping: https://cloud.google.com/stackdriver/pricing. */
const KEPT_FREE_DAYS = 30;

/** A database: the tier says its processors and memory. A highly available one is twice as much. */
export function database(instance: unknown, { assume }: CostContext): readonly Use[] {
  const settings = dig(instance, "settings");
  const edition = string(settings, "edition") === "ENTERPRISE_PLUS" ? "sql.plus" : "sql";
  const kind = string(settings, "availability_type") === "REGIONAL" ? "regional" : "zonal";
  const media = string(settings, "disk_type") === "PD_HDD" ? "hdd" : "ssd";
  const tier = string(settings, "tier") ?? "unknown";
  const [, vcpu, memory] = /^db-custom-(\d+)-(\d+)$/.exec(tier) ?? [];
  const size =
    vcpu === undefined
      ? [{ sku: `${edition}.${tier}.${kind}`, quantity: always(HOURS) }]
      : [
          { sku: `${edition}.vcpu.${kind}`, quantity: always(Number(vcpu) * HOURS) },
          { sku: `${edition}.ram.${kind}`, quantity: always((Number(memory) / 1024) * HOURS) },
        ];
  return [
    ...size,
    { sku: `sql.${media}.${kind}`, quantity: always(number(settings, "disk_size") ?? 10) },
    { sku: "sql.backup", quantity: assume("backupGiB") },
  ];
}

/**
 * A service on Cloud Run. Busy is every instance that it may have, all month. An instance that is held ready without
 * requests has a price of its own, unless its processor is paid for all the time.
 */
export function runService(service: unknown, { assume }: CostContext): readonly Use[] {
  const scaling = (where: readonly string[], key: string) =>
    number(service, ...where, "scaling", `${key}_instance_count`);
  const idle = scaling([], "min") ?? scaling(["template"], "min") ?? 0;
  const busy = scaling(["template"], "max") ?? scaling([], "max") ?? 100;
  const containers = list(service, "template", "containers");
  const isAlways = containers.some((container) => dig(container, "resources", "cpu_idle") === false);
  const { cpu, memory } = size(containers);
  const requests = { sku: "run.requests", quantity: assume("serviceRequests") };
  if (isAlways) {
    return [
      { sku: "run.cpu.always", quantity: times({ idle, busy }, cpu * SECONDS) },
      { sku: "run.memory.always", quantity: times({ idle, busy }, memory * SECONDS) },
    ];
  }
  return [
    { sku: "run.cpu.idle", quantity: times({ idle, busy: 0 }, cpu * SECONDS) },
    { sku: "run.memory.idle", quantity: times({ idle, busy: 0 }, memory * SECONDS) },
    { sku: "run.cpu.request", quantity: times({ idle: 0, busy }, cpu * SECONDS) },
    { sku: "run.memory.request", quantity: times({ idle: 0, busy }, memory * SECONDS) },
    requests,
  ];
}

/** A job on Cloud Run. */
export function runJob(job: unknown, { assume }: CostContext): readonly Use[] {
  const { cpu, memory } = size(list(job, "template", "template", "containers"));
  const seconds = times(assume("jobHours"), 3600);
  return [
    { sku: "run.cpu.always", quantity: times(seconds, cpu) },
    { sku: "run.memory.always", quantity: times(seconds, memory) },
  ];
}

/** Processors and GiB of all containers; one processor and half a GiB is what Cloud Run gives when nothing is said. */
function size(containers: readonly unknown[]): { readonly cpu: number; readonly memory: number } {
  const limit = (container: unknown, key: string) => string(container, "resources", "limits", key);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    cpu: sum(containers.map((container) => processors(limit(container, "cpu") ?? "1"))),
    memory: sum(containers.map((container) => gibibytes(limit(container, "memory") ?? "512Mi"))),
  };
}

function processors(text: string): number {
  return text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

/** A bucket of objects. */
export function bucket(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const kind = (string(attributes, "storage_class") ?? "STANDARD").toLowerCase();
  return [{ sku: `bucket.${kind}`, quantity: assume("bucketGiB") }];
}

/** A repository; images that may be scanned for known weaknesses are, and each scan has its price. */
export function repository(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const isScanned = string(attributes, "vulnerability_scanning_config", "enablement_config") === "INHERITED";
  return [
    { sku: "registry.storage", quantity: assume("registryGiB") },
    ...(isScanned ? [{ sku: "registry.scan", quantity: assume("scannedImages") }] : []),
  ];
}

/** A key. */
export function key(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const level = (string(attributes, "version_template", "protection_level") ?? "SOFTWARE").toLowerCase();
  return [
    { sku: `kms.version.${level}`, quantity: assume("keyVersions") },
    { sku: "kms.operations", quantity: assume("keyOperations") },
  ];
}

/** A secret: its versions, in each place that has a copy. */
export function secret(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const places = list(attributes, "replication", "user_managed", "replicas").length || 1;
  return [
    { sku: "secret.version", quantity: times(assume("secretVersions"), places) },
    { sku: "secret.reads", quantity: assume("secretReads") },
  ];
}

/** Where logs are kept: writing is paid once, keeping beyond 30 days by the month. */
export function logBucket(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const days = Math.max(0, (number(attributes, "retention_days") ?? KEPT_FREE_DAYS) - KEPT_FREE_DAYS);
  const written = {
    idle: assume("logGiB").idle + assume("networkLogGiB").idle,
    busy: assume("logGiB").busy + assume("networkLogGiB").busy,
  };
  return [
    { sku: "logs.stored", quantity: assume("logGiB") },
    { sku: "logs.network", quantity: assume("networkLogGiB") },
    { sku: "logs.kept", quantity: times(written, days / KEPT_FREE_DAYS) },
  ];
}

/** A cluster, without its nodes. */
export function cluster(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const collects = dig(attributes, "monitoring_config", "managed_prometheus", "enabled") === true;
  return [
    { sku: "gke.cluster", quantity: always(HOURS) },
    ...(collects ? [{ sku: "metrics.prometheus", quantity: assume("prometheusSamples") }] : []),
  ];
}

/** A DNS zone and the queries for its names. */
export function zone(_attributes: unknown, { assume }: CostContext): readonly Use[] {
  return [
    { sku: "dns.zone", quantity: always(1) },
    { sku: "dns.queries", quantity: assume("dnsQueries") },
  ];
}

/** A topic. */
export function topic(_attributes: unknown, { assume }: CostContext): readonly Use[] {
  return [{ sku: "pubsub.data", quantity: times(assume("messageGiB"), GIB_OF_TIB) }];
}

/** A subscription; one that keeps what was delivered pays for keeping it. */
export function subscription(attributes: unknown, context: CostContext): readonly Use[] {
  const keeps = dig(attributes, "retain_acked_messages") === true;
  const kept = { sku: "pubsub.retained", quantity: context.assume("messageGiB") };
  return [...topic(attributes, context), ...(keeps ? [kept] : [])];
}

/** An address: one inside the network costs nothing. */
export function address(attributes: unknown): readonly Use[] {
  const isInternal = string(attributes, "address_type") === "INTERNAL";
  return isInternal ? [] : [{ sku: "address.external", quantity: always(HOURS) }];
}

/** Builds on Google's machines, or on those of the estate's own pool, where the pool is counted. */
export function trigger(_attributes: unknown, { assume, resources }: CostContext): readonly Use[] {
  const hasPool = resources.some(({ type }) => type === "google_cloudbuild_worker_pool");
  return hasPool ? [] : [{ sku: "build.minutes", quantity: assume("buildMinutes") }];
}

/** Builds inside the network. */
export function workerPool(attributes: unknown, { assume }: CostContext): readonly Use[] {
  const type = string(attributes, "worker_config", "machine_type") ?? "unknown";
  return [{ sku: `build.private.${type}`, quantity: assume("buildMinutes") }];
}
