/** The page where a person looks, as a workbook of Azure Monitor. Does not load the engine. */
import type { MonitoringProps } from "../../contracts/monitoring";
import { sha256, stableJson } from "../../core/hash";
import type { AzureNames } from "./names";
import { failedShare, type Served, servedMetrics, slowSeconds } from "./served-metrics";

/** One chart: of the cluster's figures, of logs, or of a resource's own numbers. */
type Chart = { readonly title: string } & (
  | { readonly promql: string }
  | { readonly query: string }
  | { readonly of: string; readonly metric: string; readonly aggregation: keyof typeof AGGREGATIONS }
);

/** Kinds of queries in a workbook. */
const KUSTO = 0;
const PROMETHEUS = 16;
/** https://learn.microsoft.com/en-us/azure/azure-monitor/visualize/workbooks-overview */
const AGGREGATIONS = { total: 1, maximum: 3, average: 4 } as const;
const LINES = 2;
/** A day, in milliseconds: what a workbook shows unless the reader chooses otherwise. */
const DAY = 86_400_000;

/** Name of the workbook, which has to be a UUID: the same for the same estate. */
export function workbookName({ resourceGroupId }: AzureNames): string {
  const digest = sha256(`${resourceGroupId}/workbook`).replace("sha256:", "");
  const part = (from: number, to: number) => digest.slice(from, to);
  // Version 8 of RFC 9562: a UUID that somebody made in a way of his own.
  return `${part(0, 8)}-${part(8, 12)}-8${part(13, 16)}-a${part(17, 20)}-${part(20, 32)}`;
}

/** The workbook's JSON: equal props give equal text. */
export function workbookJson(names: AzureNames, props: MonitoringProps): string {
  return stableJson({
    version: "Notebook/1.0",
    items: [timeRange(), ...chartsOf(names, props).map((chart, index) => item(names, chart, index))],
    fallbackResourceIds: ["azure monitor"],
  });
}

function chartsOf(names: AzureNames, { production }: MonitoringProps): readonly Chart[] {
  const served = servedMetrics(names, production);
  const database = names.id("Microsoft.DBforPostgreSQL/flexibleServers", names.databaseServer);
  const events = names.id("Microsoft.ServiceBus/namespaces", names.eventNamespace);
  return [
    ...(served ? servedCharts(served) : []),
    { title: "Failed pipeline runs", of: names.workspaceId, metric: "Failed Runs", aggregation: "total" },
    { title: "Events that wait", of: events, metric: "ActiveMessages", aggregation: "maximum" },
    { title: "Events that were put aside", of: events, metric: "DeadletteredMessages", aggregation: "maximum" },
    { title: "Work of GPUs in the cluster, percent", promql: "avg by (pod) (DCGM_FI_DEV_GPU_UTIL)" },
    {
      title: "Work of GPUs in training, percent",
      of: names.workspaceId,
      metric: "GpuUtilization",
      aggregation: "average",
    },
    { title: "Work of the database, percent", of: database, metric: "cpu_percent", aggregation: "average" },
    { title: "Disk of the database in use, percent", of: database, metric: "storage_percent", aggregation: "maximum" },
  ];
}

function servedCharts(served: Served): readonly Chart[] {
  if ("series" in served) {
    return [
      { title: "Predictions a second", promql: `sum(rate(${served.series.requests}[5m]))` },
      { title: "Share of failed predictions", promql: failedShare(served.series, 5) },
      { title: "95th percentile of the latency, seconds", promql: slowSeconds(served.series) },
    ];
  }
  const { requests, failed, milliseconds } = served.lines;
  const each = "by bin(TimeGenerated, 5m)";
  return [
    { title: "Predictions in five minutes", query: `${requests} | summarize count() ${each}` },
    {
      title: "Share of failed predictions",
      query: `${requests} | summarize share = todouble(countif(${failed})) / count() ${each}`,
    },
    {
      title: "95th percentile of the latency, milliseconds",
      query: `${requests} | summarize percentile(${milliseconds}, 95) ${each}`,
    },
  ];
}

/** What the reader chooses the time by. */
function timeRange() {
  return {
    type: 9,
    name: "time",
    content: {
      version: "KqlParameterItem/1.0",
      parameters: [
        {
          id: "00000000-0000-4000-8000-000000000001",
          version: "KqlParameterItem/1.0",
          name: "TimeRange",
          type: 4,
          isRequired: true,
          value: { durationMs: DAY },
          typeSettings: { selectableValues: [DAY / 24, DAY, 7 * DAY, 28 * DAY].map((durationMs) => ({ durationMs })) },
        },
      ],
      style: "pills",
    },
  };
}

function item(names: AzureNames, chart: Chart, index: number) {
  const place = { name: `chart-${index}`, customWidth: "50" };
  if ("metric" in chart) return { ...place, type: 10, content: { ...common(chart), ...numbersOf(chart) } };
  const content =
    "promql" in chart
      ? asked(PROMETHEUS, "microsoft.monitor/accounts", names.metrics, prometheus(chart.promql))
      : asked(KUSTO, "microsoft.operationalinsights/workspaces", names.logs, chart.query);
  return { ...place, type: 3, content: { ...common(chart), ...content } };
}

function common({ title }: Chart) {
  return { title, size: 0, timeContextFromParameter: "TimeRange" };
}

function asked(queryType: number, resourceType: string, of: string, query: string) {
  return {
    version: "KqlItem/1.0",
    queryType,
    resourceType,
    crossComponentResources: [of],
    query,
    visualization: "timechart",
  };
}

function prometheus(queryText: string): string {
  return stableJson({
    version: "PrometheusQueryProvider/1.0",
    customEndpoint: false,
    queryText,
    type: "query_range",
  });
}

function numbersOf({ of, metric, aggregation }: Extract<Chart, { of: string }>) {
  const namespace = (/\/providers\/([^/]+\/[^/]+)\//.exec(of)?.[1] ?? "").toLowerCase();
  return {
    version: "MetricsItem/2.0",
    chartType: LINES,
    resourceType: namespace,
    metricScope: 0,
    resourceIds: [of],
    metrics: [{ namespace, metric: `${namespace}--${metric}`, aggregation: AGGREGATIONS[aggregation] }],
  };
}
