/** What people are told of, one row each. Does not load the engine. */
import type { MonitoringProps } from "../../contracts/monitoring";
import { driftFound, FAILED_BACKUP, FAILED_RUN, KEY_DESTROYED } from "./log-filters";
import type { GcpNames } from "./names";
import { servedMetrics } from "./served-metrics";

/** How bad it is: somebody must act now, today, or may look when there is time. */
export type Severity = "CRITICAL" | "ERROR" | "WARNING";

/** One alert. */
export interface AlertRow {
  /** Id of the construct. */
  readonly id: string;
  /** What is wrong, in a few words: the subject of the mail. */
  readonly title: string;
  readonly severity: Severity;
  /** PromQL that gives a series while something is wrong, or what is looked for in the logs. */
  readonly when: { readonly promql: string; readonly forMinutes: number } | { readonly log: string };
  /** What the reader does next. */
  readonly next: string;
}

/** Share of time that an accelerator works, percent, below which it is idle. */
const GPU_IDLE_PERCENT = 5;
const DATABASE_BUSY_SHARE = 0.9;

/** Everything that is watched in an environment. */
export function alertRows(names: GcpNames, props: MonitoringProps): readonly AlertRow[] {
  return [...servingRows(names, props), ...pipelineRows(names, props), ...platformRows(props)];
}

function servingRows(names: GcpNames, { alerts, production }: MonitoringProps): readonly AlertRow[] {
  const { environment } = names.settings;
  const metrics = servedMetrics(names, production);
  if (metrics === undefined) return production === "instance" ? [machineRow(names)] : [];
  const { requests, failures, latencyBuckets, second } = metrics;
  const rows: AlertRow[] = [
    {
      id: "ErrorRate",
      title: `Predictions fail (more than ${percent(alerts.maxErrorRate)})`,
      severity: "CRITICAL",
      when: {
        promql: `sum(rate(${failures}[5m])) / sum(rate(${requests}[5m])) > ${alerts.maxErrorRate}`,
        forMinutes: 5,
      },
      next: `A release of the last hour is the first suspect: \`mlops release list ${environment}\`, then \`mlops release ${environment} PROJECT --rollback\`. Otherwise read the model servers' logs.`,
    },
    {
      id: "Latency",
      title: `Predictions are slow (95th percentile above ${alerts.maxP95Ms} ms)`,
      severity: "ERROR",
      when: {
        promql: `histogram_quantile(0.95, sum by (le) (rate(${latencyBuckets}[5m]))) > ${(alerts.maxP95Ms / 1000) * second}`,
        forMinutes: 5,
      },
      next: "Compare with the number of requests and replicas on the dashboard: more load than replicas wants a higher serving.production.replicas.max; the same load is a slower model.",
    },
  ];
  if (alerts.noTrafficMinutes === 0) return rows;
  return [
    ...rows,
    {
      id: "NoTraffic",
      title: `No prediction for ${alerts.noTrafficMinutes} minutes`,
      severity: "WARNING",
      when: { promql: `(sum(increase(${requests}[${alerts.noTrafficMinutes}m])) or vector(0)) < 1`, forMinutes: 0 },
      next: "Ask for a prediction yourself. If that works, the clients have stopped; if not, follow the address: name, load balancer, servers.",
    },
  ];
}

/** A machine of its own has no numbers of its requests; that it runs can be seen. */
function machineRow(names: GcpNames): AlertRow {
  const name = names.name("instance", "serving");
  return {
    id: "MachineDown",
    title: "The machine that serves production does not run",
    severity: "CRITICAL",
    when: {
      promql: `absent(compute_googleapis_com:instance_uptime{monitored_resource="gce_instance",instance_name="${name}"})`,
      forMinutes: 5,
    },
    next: `Read its serial console's output in the logs, then start it: \`gcloud compute instances start ${name}\`.`,
  };
}

function pipelineRows(names: GcpNames, { driftThreshold }: MonitoringProps): readonly AlertRow[] {
  const { environment } = names.settings;
  const failed: AlertRow = {
    id: "FailedRun",
    title: "A pipeline run failed",
    severity: "ERROR",
    when: { log: FAILED_RUN },
    next: `Find the run and its failed step: \`mlops pipeline list ${environment}\`. Runs may be repeated with the same key without harm.`,
  };
  if (driftThreshold === undefined) return [failed];
  const drifted: AlertRow = {
    id: "Drift",
    title: `Inputs have drifted (distance of ${driftThreshold} or more)`,
    severity: "WARNING",
    when: { log: driftFound(driftThreshold) },
    next: "Training starts by itself where retraining.drift says so. Look at which inputs moved, and whether the world or the sender changed.",
  };
  return [failed, drifted];
}

function platformRows({ alerts }: MonitoringProps): readonly AlertRow[] {
  const subscriptions = 'monitored_resource="pubsub_subscription"';
  const databases = 'monitored_resource="cloudsql_database"';
  return [
    {
      id: "QueueAge",
      title: `An event waits for more than ${alerts.maxQueueAgeMinutes} minutes`,
      severity: "ERROR",
      when: {
        // https://cloud.google.com/pubsub/docs/monitoring
        promql: `max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{${subscriptions}}) > ${alerts.maxQueueAgeMinutes * 60}`,
        forMinutes: 5,
      },
      next: "The subscription's receiver does not answer or refuses: read the trigger service's logs.",
    },
    {
      id: "DeadLetters",
      title: "An event could not be delivered and was put aside",
      severity: "ERROR",
      when: {
        promql: `sum by (subscription_id) (increase(pubsub_googleapis_com:subscription_dead_letter_message_count{${subscriptions}}[10m])) > 0`,
        forMinutes: 0,
      },
      next: "Read it from the subscription of undelivered events, mend the cause, and send it again.",
    },
    {
      id: "GpuIdle",
      title: `A GPU has been idle for ${alerts.gpuIdleMinutes} minutes`,
      severity: "WARNING",
      when: {
        // https://cloud.google.com/kubernetes-engine/docs/how-to/gpus#monitoring
        promql: `max by (cluster_name, namespace_name, pod_name) (kubernetes_io:container_accelerator_duty_cycle{monitored_resource="k8s_container"}) < ${GPU_IDLE_PERCENT}`,
        forMinutes: alerts.gpuIdleMinutes,
      },
      next: "It costs money without working: end the pod, or ask its owner.",
    },
    {
      id: "DatabaseDisk",
      title: `A database has less than ${percent(alerts.minDiskFreeShare)} of its disk free`,
      severity: "ERROR",
      when: {
        // https://cloud.google.com/sql/docs/postgres/admin-api/metrics
        promql: `max by (database_id) (cloudsql_googleapis_com:database_disk_utilization{${databases}}) > ${round(1 - alerts.minDiskFreeShare)}`,
        forMinutes: 15,
      },
      next: "Its disk grows by itself up to the limit that is set: look for what fills it before that is reached.",
    },
    {
      id: "DatabaseCpu",
      title: "A database is busy",
      severity: "WARNING",
      when: {
        promql: `max by (database_id) (cloudsql_googleapis_com:database_cpu_utilization{${databases}}) > ${DATABASE_BUSY_SHARE}`,
        forMinutes: 15,
      },
      next: "Query Insights shows the statements that cost most; a larger metadata.class is the other way.",
    },
    {
      id: "FailedBackup",
      title: "A database's backup failed",
      severity: "CRITICAL",
      when: { log: FAILED_BACKUP },
      next: "Start one by hand (`gcloud sql backups create`), and read why the automatic one failed in the instance's operations.",
    },
    {
      id: "KeyDestroyed",
      title: "A key's destruction was scheduled",
      severity: "CRITICAL",
      when: { log: KEY_DESTROYED },
      next: "Unless this was meant, restore the version before its day comes: `gcloud kms keys versions restore`. What it encrypts cannot be read without it.",
    },
  ];
}

function percent(share: number): string {
  return `${round(share * 100)} %`;
}

/** Without the dust of binary fractions. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
