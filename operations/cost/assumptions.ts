/** What an estimate has to assume: amounts that no resource states. Each can be changed. */
import { UserError } from "../../lib/core/errors";

/** A row of the table. */
interface Assumption {
  readonly unit: string;
  readonly value: number;
  readonly meaning: string;
  /** Whether it counts for an idle estate too, or only for a busy one. */
  readonly idle: boolean;
  /** The one cloud that it counts on. @default - both */
  readonly cloud?: "gcp" | "azure";
}

/** Per month. */
export const ASSUMPTIONS = {
  bucketGiB: { unit: "GiB", value: 50, idle: true, meaning: "stored in each bucket, older versions included" },
  registryGiB: { unit: "GiB", value: 5, idle: true, meaning: "stored in each image and package repository" },
  tableGiB: { unit: "GiB", value: 10, idle: true, meaning: "stored in each table of features" },
  backupGiB: { unit: "GiB", value: 20, idle: true, meaning: "stored in backups of each database" },
  keyVersions: {
    unit: "versions",
    value: 4,
    idle: true,
    cloud: "gcp",
    meaning: "of each key, not destroyed: a year of rotations",
  },
  usedKeyVersions: {
    unit: "versions",
    value: 1,
    idle: true,
    cloud: "azure",
    meaning: "of each key that were used: the others cost nothing",
  },
  secretVersions: { unit: "versions", value: 1, idle: true, cloud: "gcp", meaning: "of each secret, not destroyed" },
  natAddresses: {
    unit: "addresses",
    value: 1,
    idle: true,
    cloud: "gcp",
    meaning: "that each NAT gateway takes for itself",
  },
  logGiB: { unit: "GiB", value: 20, idle: true, meaning: "of logs written" },
  networkLogGiB: {
    unit: "GiB",
    value: 5,
    idle: true,
    cloud: "gcp",
    meaning: "of flow, firewall and NAT logs written",
  },
  requestLogGiB: {
    unit: "GiB",
    value: 1,
    idle: true,
    cloud: "azure",
    meaning: "of logs that each setting writes to a storage account",
  },
  metricMiB: {
    unit: "MiB",
    value: 1,
    idle: true,
    cloud: "gcp",
    meaning: "written by each metric that is counted from logs",
  },
  prometheusSamples: { unit: "million", value: 500, idle: true, meaning: "samples of metrics from each cluster" },
  ruleSamples: {
    unit: "million",
    value: 1000,
    idle: true,
    cloud: "azure",
    meaning: "samples of metrics that each group of rules reads",
  },
  natGiB: { unit: "GiB", value: 500, idle: false, meaning: "through each NAT gateway" },
  endpointGiB: { unit: "GiB", value: 100, idle: false, cloud: "azure", meaning: "through each private endpoint" },
  dnsQueries: { unit: "million", value: 1, idle: false, meaning: "queries of each DNS zone" },
  blobReads: { unit: "10,000", value: 100, idle: false, cloud: "azure", meaning: "reads from each storage account" },
  blobWrites: { unit: "10,000", value: 10, idle: false, cloud: "azure", meaning: "writes to each storage account" },
  serviceRequests: { unit: "million", value: 1, idle: false, meaning: "requests to each serverless service" },
  jobHours: { unit: "hours", value: 1, idle: false, meaning: "that each serverless job runs" },
  notebookHours: {
    unit: "hours",
    value: 160,
    idle: false,
    meaning: "that each notebook machine with idle shutdown runs",
  },
  buildMinutes: { unit: "minutes", value: 500, idle: false, meaning: "of builds for each trigger or worker pool" },
  scannedImages: {
    unit: "images",
    value: 20,
    idle: false,
    cloud: "gcp",
    meaning: "scanned in each repository of images",
  },
  keyOperations: { unit: "10,000", value: 10, idle: false, meaning: "operations with each key" },
  secretReads: { unit: "10,000", value: 10, idle: false, meaning: "reads of each secret, on Azure of each vault" },
  messageGiB: {
    unit: "GiB",
    value: 1,
    idle: false,
    cloud: "gcp",
    meaning: "of messages through each topic and subscription",
  },
  events: { unit: "million", value: 1, idle: false, cloud: "azure", meaning: "operations of each Event Grid topic" },
  flowRuns: {
    unit: "1,000",
    value: 1,
    idle: false,
    cloud: "azure",
    meaning: "runs of activities in each data factory",
  },
  flowHours: {
    unit: "hours",
    value: 10,
    idle: false,
    cloud: "azure",
    meaning: "that each runtime of data flows works",
  },
  spotShortage: { unit: "share", value: 0, idle: false, meaning: "of the time without spot machines: 0 to 1" },
} as const satisfies Record<string, Assumption>;

/** An assumption's name. */
export type AssumptionKey = keyof typeof ASSUMPTIONS;

/** Values that were changed. */
export type Changes = Readonly<Partial<Record<AssumptionKey, number>>>;

/** How much of a meter is used in a month. */
export interface Quantity {
  readonly idle: number;
  readonly busy: number;
}

/** One row as it counted. */
export interface AssumedRow extends Assumption {
  readonly key: AssumptionKey;
  readonly changed: boolean;
}

const KEYS = Object.keys(ASSUMPTIONS).filter(isKey);

/** What is assumed of a key, idle and busy. */
export function assumed(key: AssumptionKey, changes: Changes): Quantity {
  const { value, idle } = ASSUMPTIONS[key];
  const busy = changes[key] ?? value;
  return { idle: idle ? busy : 0, busy };
}

/** What counts on a cloud, with its changes. */
export function assumptionTable(cloud: "gcp" | "azure", changes: Changes): readonly AssumedRow[] {
  return KEYS.flatMap((key) => {
    const row: Assumption = ASSUMPTIONS[key];
    if (row.cloud !== undefined && row.cloud !== cloud) return [];
    const value = changes[key];
    return { key, ...row, ...(value === undefined ? {} : { value }), changed: value !== undefined };
  });
}

/**
 * Reads `KEY=VALUE`.
 * @throws UserError for a key that there is not, and for what is no amount
 */
export function parseChanges(words: readonly string[]): Changes {
  const changes: Partial<Record<AssumptionKey, number>> = {};
  for (const word of words) {
    const [key = "", text = ""] = word.split(/=(.*)/s);
    const where = "--assume";
    if (!isKey(key)) {
      throw new UserError({ where, message: `got ${word}, wanted KEY=VALUE with a key of: ${KEYS.join(", ")}` });
    }
    const value = Number(text);
    const most = key === "spotShortage" ? 1 : Number.MAX_SAFE_INTEGER;
    if (text.trim() === "" || !(value >= 0 && value <= most)) {
      const wanted = key === "spotShortage" ? "a share from 0 to 1" : "an amount, 0 or more";
      throw new UserError({ where, message: `got ${word}, wanted ${wanted}` });
    }
    changes[key] = value;
  }
  return changes;
}

function isKey(key: string): key is AssumptionKey {
  return Object.hasOwn(ASSUMPTIONS, key);
}
