/** What Azure cannot do. */
import { AZURE_SERVING_LIMITS } from "../lib/core/azure-serving-limits";
import { above, below, type Limit, modelsOf, servingLimit, stateElsewhere } from "./limit";

/** Minutes without use after which a compute instance is stopped, https://learn.microsoft.com/en-us/azure/machine-learning/how-to-create-compute-instance#configure-idle-shutdown. */
const IDLE = { least: 15, most: 4320 } as const;

/** Days that a Log Analytics workspace keeps, https://learn.microsoft.com/en-us/azure/azure-monitor/logs/data-retention-configure. */
const LOGS = { least: 30, most: 730 } as const;

/**
 * Minutes that an alert looks back over: of numbers a day, of logs two.
 * https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-create-log-search-alert-rule and …/alerts-create-metric-alert-rule
 */
const LOOKS_BACK = { numbers: 1440, logs: 2880 } as const;

/** Every limit, with the nearest choice. */
export const AZURE_LIMITS: readonly Limit[] = [
  {
    path: ["training", "tensorBoard"],
    cannot: (value) => value === true,
    use: false,
    because: "there is none to rent; metrics are in Azure ML's own view of runs",
    // The setting itself says: where the cloud has one.
    harmless: true,
  },
  stateElsewhere("gcs", { type: "azurerm", container: "tfstate" }),
  {
    path: ["kubernetes", "authorizedNetworks"],
    cannot: (value) => Array.isArray(value) && value.length > 0,
    use: [],
    // https://learn.microsoft.com/en-us/azure/aks/private-clusters#limitations
    because: "the control plane is private, and takes no ranges from outside: whoever uses it comes from the network",
  },
  {
    path: ["metadata", "backupRetentionDays"],
    cannot: below(7),
    use: 7,
    // https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/concepts-backup-restore
    because: "PostgreSQL's backups are kept 7 to 35 days",
  },
  {
    path: ["metadata", "storageGiB"],
    cannot: above(16384),
    use: 16384,
    // https://learn.microsoft.com/en-us/azure/postgresql/compute-storage/concepts-storage-premium-ssd
    because: "the largest disk that a server grows from has 16384 GiB",
  },
  {
    path: ["encryption", "rotationDays"],
    cannot: below(7),
    use: 7,
    // https://learn.microsoft.com/en-us/azure/key-vault/keys/how-to-configure-key-rotation
    because: "a key is rotated after 7 days at the earliest",
  },
  {
    path: ["notebooks", "idleShutdownMinutes"],
    cannot: below(IDLE.least),
    use: IDLE.least,
    because: `a compute instance is stopped after ${IDLE.least} minutes at the earliest`,
  },
  {
    path: ["notebooks", "idleShutdownMinutes"],
    cannot: above(IDLE.most),
    use: IDLE.most,
    because: `a compute instance is stopped after ${IDLE.most} minutes (3 days) at the latest`,
  },
  {
    path: ["monitoring", "retentionDays"],
    cannot: below(LOGS.least),
    use: LOGS.least,
    because: `a Log Analytics workspace keeps logs at least ${LOGS.least} days`,
  },
  {
    path: ["monitoring", "retentionDays"],
    cannot: above(LOGS.most),
    use: LOGS.most,
    because: `a Log Analytics workspace keeps logs at most ${LOGS.most} days; monitoring.archive keeps a copy longer`,
  },
  alertsWithin("noTrafficMinutes", LOOKS_BACK.logs),
  alertsWithin("maxQueueAgeMinutes", LOOKS_BACK.numbers),
  alertsWithin("gpuIdleMinutes", LOOKS_BACK.numbers),
  modelsOf("azureml://", "azureml://registries/REGISTRY/models/NAME"),
  ...AZURE_SERVING_LIMITS.flatMap((limit) => (limit.instead ? [servingLimit(limit, limit.instead.value)] : [])),
];

function alertsWithin(key: string, most: number): Limit {
  return {
    path: ["monitoring", "alerts", key],
    cannot: above(most),
    use: most,
    because: `an alert of Azure Monitor looks back over ${most} minutes at most, and would come too early`,
  };
}
