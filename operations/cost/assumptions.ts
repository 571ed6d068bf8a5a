/** What an estimate has to assume: amounts that no resource states. Each can be changed. */
import { UserError } from "../../lib/core/errors";

/** A row of the table. */
interface Assumption {
  readonly unit: string;
  readonly value: number;
  readonly meaning: string;
  /** Whether it counts for an idle estate too, or only for a busy one. */
  readonly idle: boolean;
}

/** Per month. */
export const ASSUMPTIONS = {
  bucketGiB: { unit: "GiB", value: 50, idle: true, meaning: "stored in each bucket, older versions included" },
  registryGiB: { unit: "GiB", value: 5, idle: true, meaning: "stored in each image and package repository" },
  tableGiB: { unit: "GiB", value: 10, idle: true, meaning: "stored in each table of features" },
  backupGiB: { unit: "GiB", value: 20, idle: true, meaning: "stored in backups of each database" },
  keyVersions: { unit: "versions", value: 4, idle: true, meaning: "of each key, not destroyed: a year of rotations" },
  secretVersions: { unit: "versions", value: 1, idle: true, meaning: "of each secret, not destroyed" },
  natAddresses: { unit: "addresses", value: 1, idle: true, meaning: "that each NAT gateway takes for itself" },
  logGiB: { unit: "GiB", value: 20, idle: true, meaning: "of logs written" },
  networkLogGiB: { unit: "GiB", value: 5, idle: true, meaning: "of flow, firewall and NAT logs written" },
  metricMiB: { unit: "MiB", value: 1, idle: true, meaning: "written by each metric that is counted from logs" },
  prometheusSamples: { unit: "million", value: 500, idle: true, meaning: "samples of metrics from each cluster" },
  natGiB: { unit: "GiB", value: 500, idle: false, meaning: "through each NAT gateway" },
  dnsQueries: { unit: "million", value: 1, idle: false, meaning: "queries of each DNS zone" },
  serviceRequests: { unit: "million", value: 1, idle: false, meaning: "requests to each Cloud Run service" },
  jobHours: { unit: "hours", value: 1, idle: false, meaning: "that each Cloud Run job runs" },
  notebookHours: {
    unit: "hours",
    value: 160,
    idle: false,
    meaning: "that each notebook machine with idle shutdown runs",
  },
  buildMinutes: { unit: "minutes", value: 500, idle: false, meaning: "of builds for each trigger or worker pool" },
  scannedImages: { unit: "images", value: 20, idle: false, meaning: "scanned in each repository of images" },
  keyOperations: { unit: "10,000", value: 10, idle: false, meaning: "operations with each key" },
  secretReads: { unit: "10,000", value: 10, idle: false, meaning: "reads of each secret" },
  messageGiB: { unit: "GiB", value: 1, idle: false, meaning: "of messages through each topic and subscription" },
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

/** The whole table with its changes. */
export function assumptionTable(changes: Changes): readonly AssumedRow[] {
  return KEYS.map((key) => {
    const value = changes[key];
    return { key, ...ASSUMPTIONS[key], ...(value === undefined ? {} : { value }), changed: value !== undefined };
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
