/** Which numbers say how production does, by what serves it. Does not load the engine. */
import type { MonitoringProps } from "../../contracts/monitoring";
import { SERVING_IN_CLUSTER } from "../../contracts/serving";
import type { AzureNames } from "./names";

/** Series of production, as PromQL selectors. */
export interface ServedSeries {
  /** Counter of all requests. */
  readonly requests: string;
  /** The share of it that failed by our fault. */
  readonly failures: string;
  /** Buckets of the latency's histogram, seconds. */
  readonly latencyBuckets: string;
}

/** Lines of production, one for a request, in Log Analytics. */
export interface ServedLines {
  /** Production's lines, as the beginning of a query. */
  readonly requests: string;
  /** Expression that is true of a line that failed by our fault. */
  readonly failed: string;
  /** Column of the time that a request took, milliseconds. */
  readonly milliseconds: string;
}

/** How production is seen: a cluster's figures, or the front's own lines. */
export type Served = { readonly series: ServedSeries } | { readonly lines: ServedLines };

/** What there is to see of production; nothing of a machine of its own, which only says whether it runs. */
export function servedMetrics(names: AzureNames, target: MonitoringProps["production"]): Served | undefined {
  switch (target) {
    case "kubernetes": {
      // The scoring app's own (pipelines/serving/metrics.py), collected by managed Prometheus.
      const of = `namespace="${SERVING_IN_CLUSTER.namespace}"`;
      return {
        series: {
          requests: `predict_requests_total{${of}}`,
          failures: `predict_requests_total{${of},code=~"5.."}`,
          latencyBuckets: `predict_seconds_bucket{${of}}`,
        },
      };
    }
    case "serverless":
      // https://learn.microsoft.com/en-us/azure/container-apps/logging#http-logs
      return {
        lines: {
          requests: `ContainerAppHTTPLogs | where ContainerAppName == "${names.name("containerApp", "serving")}"`,
          failed: "StatusCode >= 500",
          milliseconds: "RequestDuration",
        },
      };
    case "managed":
      // https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/amlonlineendpointtrafficlog
      return {
        lines: {
          requests: `AmlOnlineEndpointTrafficLog | where EndpointName == "${names.name("mlEndpoint", "serving")}"`,
          failed: "toint(ResponseCode) >= 500",
          milliseconds: "TotalDurationMs",
        },
      };
    case "instance":
    case "process":
      return undefined;
    default:
      return target satisfies never;
  }
}

/** Share of failed requests in the last minutes, as PromQL. */
export function failedShare({ requests, failures }: ServedSeries, minutes: number): string {
  return `sum(rate(${failures}[${minutes}m])) / sum(rate(${requests}[${minutes}m]))`;
}

/** 95th percentile of the latency, seconds, as PromQL. */
export function slowSeconds({ latencyBuckets }: ServedSeries): string {
  return `histogram_quantile(0.95, sum by (le) (rate(${latencyBuckets}[5m])))`;
}
