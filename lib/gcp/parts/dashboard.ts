/** The page where a person looks, as Cloud Monitoring takes it. Does not load the engine. */
import type { MonitoringProps } from "../../contracts/monitoring";
import { stableJson } from "../../core/hash";
import { PIPELINE_RUN } from "./log-filters";
import type { GcpNames } from "./names";
import { servedMetrics } from "./served-metrics";

interface Chart {
  readonly title: string;
  readonly promql: string;
}

/** The layout's grid, and two charts in a row. https://cloud.google.com/monitoring/dashboards/api-dashboard */
const COLUMNS = 48;
const WIDTH = COLUMNS / 2;
const HEIGHT = 16;

/** The dashboard's JSON: equal props give equal text. */
export function dashboardJson(names: GcpNames, props: MonitoringProps): string {
  const charts = chartsOf(names, props);
  return stableJson({
    displayName: `${names.settings.organisation} ${names.settings.environment}: models`,
    mosaicLayout: { columns: COLUMNS, tiles: charts.map(tile) },
  });
}

function chartsOf(names: GcpNames, { production }: MonitoringProps): readonly Chart[] {
  const metrics = servedMetrics(names, production);
  const served: readonly Chart[] = metrics
    ? [
        { title: "Predictions a second", promql: `sum(rate(${metrics.requests}[5m]))` },
        {
          title: "Share of failed predictions",
          promql: `sum(rate(${metrics.failures}[5m])) / sum(rate(${metrics.requests}[5m]))`,
        },
        {
          title: `95th percentile of the latency, ${metrics.second === 1 ? "seconds" : "milliseconds"}`,
          promql: `histogram_quantile(0.95, sum by (le) (rate(${metrics.latencyBuckets}[5m])))`,
        },
      ]
    : [];
  return [
    ...served,
    {
      title: "Failed pipeline runs",
      // A count of log lines may be of any resource, so the kind has to be said.
      promql: `sum(increase(logging_googleapis_com:user_${names.name("logMetric", "failed-runs")}{monitored_resource="${PIPELINE_RUN}"}[1h]))`,
    },
    {
      title: "Age of the oldest event, seconds",
      promql:
        'max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource="pubsub_subscription"})',
    },
    {
      title: "Work of GPUs, percent",
      promql: 'avg by (pod_name) (kubernetes_io:container_accelerator_duty_cycle{monitored_resource="k8s_container"})',
    },
    {
      title: "Work of databases, share",
      promql:
        'max by (database_id) (cloudsql_googleapis_com:database_cpu_utilization{monitored_resource="cloudsql_database"})',
    },
    {
      title: "Disk of databases in use, share",
      promql:
        'max by (database_id) (cloudsql_googleapis_com:database_disk_utilization{monitored_resource="cloudsql_database"})',
    },
  ];
}

function tile({ title, promql }: Chart, index: number) {
  const [xPos, yPos] = [(index % 2) * WIDTH, Math.floor(index / 2) * HEIGHT];
  return {
    // The service leaves zeros out of what it gives back: one that is written would look like a change for ever.
    ...(xPos > 0 ? { xPos } : {}),
    ...(yPos > 0 ? { yPos } : {}),
    width: WIDTH,
    height: HEIGHT,
    widget: {
      title,
      xyChart: {
        dataSets: [{ plotType: "LINE", targetAxis: "Y1", timeSeriesQuery: { prometheusQuery: promql } }],
        yAxis: { scale: "LINEAR" },
      },
    },
  };
}
