/** What people are told of, one row each. Does not load the engine. */
import type { MonitoringProps } from "../../contracts/monitoring";
import { type AlertRow, percent, round } from "./alert-row";
import { driftFound, KEY_DELETED } from "./log-queries";
import type { AzureNames } from "./names";
import { servedRows } from "./served-alerts";

/** Share of time that an accelerator works, percent, below which it is idle. */
const GPU_IDLE_PERCENT = 5;
const DATABASE_BUSY_PERCENT = 90;
/** Minutes that are looked at for what happens at once. */
const AT_ONCE = 5;

/** Everything that is watched in an environment. */
export function alertRows(names: AzureNames, props: MonitoringProps): readonly AlertRow[] {
  return [
    ...servedRows(names, props),
    ...pipelineRows(names, props),
    ...eventRows(names, props),
    ...gpuRows(names, props),
    ...databaseRows(names, props),
    {
      id: "KeyDeleted",
      title: "A key was deleted",
      severity: "CRITICAL",
      when: { query: KEY_DELETED, minutes: 15 },
      next: "Unless this was meant, restore it before its day comes: `az keyvault key recover`. What it encrypts cannot be read without it.",
    },
  ];
}

function pipelineRows(names: AzureNames, { driftThreshold }: MonitoringProps): readonly AlertRow[] {
  const { environment } = names.settings;
  const failed: AlertRow = {
    id: "FailedRun",
    title: "A pipeline run failed",
    severity: "ERROR",
    when: {
      // https://learn.microsoft.com/en-us/azure/machine-learning/monitor-azure-machine-learning-reference
      metric: {
        of: names.workspaceId,
        namespace: "Microsoft.MachineLearningServices/workspaces",
        name: "Failed Runs",
        aggregation: "Total",
        operator: "GreaterThan",
        threshold: 0,
        minutes: AT_ONCE,
      },
    },
    next: `Find the run and its failed step: \`mlops pipeline list ${environment}\`. Runs may be repeated with the same key without harm.`,
  };
  if (driftThreshold === undefined) return [failed];
  const drifted: AlertRow = {
    id: "Drift",
    title: `Inputs have drifted (distance of ${driftThreshold} or more)`,
    severity: "WARNING",
    when: { query: driftFound(driftThreshold), minutes: 15 },
    next: "Training starts by itself where retraining.drift says so. Look at which inputs moved, and whether the world or the sender changed.",
  };
  return [failed, drifted];
}

function eventRows(names: AzureNames, { alerts }: MonitoringProps): readonly AlertRow[] {
  // https://learn.microsoft.com/en-us/azure/service-bus-messaging/monitor-service-bus-reference
  const queue = {
    of: names.id("Microsoft.ServiceBus/namespaces", names.eventNamespace),
    namespace: "Microsoft.ServiceBus/namespaces",
    operator: "GreaterThan",
    threshold: 0,
    split: { EntityName: "retrain" },
  } as const;
  return [
    {
      id: "QueueAge",
      title: `Events have waited for ${alerts.maxQueueAgeMinutes} minutes`,
      severity: "ERROR",
      // Azure does not say how old the oldest is: the queue that was never empty for so long has one as old.
      when: {
        metric: { ...queue, name: "ActiveMessages", aggregation: "Minimum", minutes: alerts.maxQueueAgeMinutes },
      },
      next: "The queue's receiver does not answer or refuses: read the trigger service's logs.",
    },
    {
      id: "DeadLetters",
      title: "An event could not be delivered and was put aside",
      severity: "ERROR",
      when: { metric: { ...queue, name: "DeadletteredMessages", aggregation: "Maximum", minutes: AT_ONCE } },
      next: "Read it from the queue's dead letters, mend the cause, send it again, and take it out of there.",
    },
  ];
}

function gpuRows(names: AzureNames, { alerts }: MonitoringProps): readonly AlertRow[] {
  const title = `A GPU has been idle for ${alerts.gpuIdleMinutes} minutes`;
  return [
    {
      id: "GpuIdle",
      title,
      severity: "WARNING",
      when: {
        // Of NVIDIA's exporter in the cluster, https://learn.microsoft.com/en-us/azure/aks/monitor-gpu-metrics
        promql: `max by (cluster, namespace, pod) (DCGM_FI_DEV_GPU_UTIL) < ${GPU_IDLE_PERCENT}`,
        forMinutes: alerts.gpuIdleMinutes,
      },
      next: "It costs money without working: end the pod, or ask its owner.",
    },
    {
      id: "TrainingGpuIdle",
      title: `${title}, of Azure ML`,
      severity: "WARNING",
      when: {
        metric: {
          of: names.workspaceId,
          namespace: "Microsoft.MachineLearningServices/workspaces",
          name: "GpuUtilization",
          aggregation: "Maximum",
          operator: "LessThan",
          threshold: GPU_IDLE_PERCENT,
          minutes: alerts.gpuIdleMinutes,
          split: { ClusterName: "*", NodeId: "*" },
        },
      },
      next: "It costs money without working: end the run, or ask its owner.",
    },
  ];
}

function databaseRows(names: AzureNames, { alerts }: MonitoringProps): readonly AlertRow[] {
  // https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/concepts-monitoring
  const database = {
    of: names.id("Microsoft.DBforPostgreSQL/flexibleServers", names.databaseServer),
    namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
    aggregation: "Average",
    operator: "GreaterThan",
    minutes: 15,
  } as const;
  return [
    {
      id: "DatabaseDisk",
      title: `The database has less than ${percent(alerts.minDiskFreeShare)} of its disk free`,
      severity: "ERROR",
      when: {
        metric: { ...database, name: "storage_percent", threshold: round(100 * (1 - alerts.minDiskFreeShare)) },
      },
      next: "Its disk grows by itself up to the limit that is set: look for what fills it before that is reached.",
    },
    {
      id: "DatabaseCpu",
      title: "The database is busy",
      severity: "WARNING",
      when: { metric: { ...database, name: "cpu_percent", threshold: DATABASE_BUSY_PERCENT } },
      next: "Query Store shows the statements that cost most; a larger metadata.class is the other way.",
    },
    {
      id: "DatabaseHealth",
      title: "The database does not work",
      severity: "CRITICAL",
      // Azure says nothing of its automatic backups, which it repeats by itself until they succeed.
      when: { health: database.of },
      next: "Resource health in the portal says why and since when. Its standby takes over by itself where there is one.",
    },
  ];
}
