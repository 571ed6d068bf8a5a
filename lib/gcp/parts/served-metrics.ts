/** Which numbers say how production does, by what serves it. Does not load the engine. */
import type { MonitoringProps } from "../../contracts/monitoring";
import { SERVING_IN_CLUSTER } from "../../contracts/serving";
import { sha256 } from "../../core/hash";
import type { GcpNames } from "./names";

const { namespace: NAMESPACE } = SERVING_IN_CLUSTER;

/** Series of production, as PromQL selectors and, for objectives, as monitoring filters. */
export interface ServedMetrics {
  /** Counter of all requests. */
  readonly requests: string;
  /** The share of it that failed by our fault. */
  readonly failures: string;
  /** Buckets of the latency's histogram. */
  readonly latencyBuckets: string;
  /** What a second is in the histogram's unit. */
  readonly second: number;
  /** https://cloud.google.com/monitoring/api/v3/filters */
  readonly filters: { readonly requests: string; readonly failures: string };
}

/**
 * The series of production; none for a machine of its own, which only says whether it runs. Names in PromQL:
 * https://cloud.google.com/monitoring/promql/promql-mapping.
 */
export function servedMetrics(names: GcpNames, target: MonitoringProps["production"]): ServedMetrics | undefined {
  switch (target) {
    case "kubernetes":
      // The scoring app's own (pipelines/serving/metrics.py), collected by managed Prometheus.
      return {
        requests: `predict_requests_total{namespace="${NAMESPACE}"}`,
        failures: `predict_requests_total{namespace="${NAMESPACE}",code=~"5.."}`,
        latencyBuckets: `predict_seconds_bucket{namespace="${NAMESPACE}"}`,
        second: 1,
        filters: filters(
          `metric.type="prometheus.googleapis.com/predict_requests_total/counter" AND resource.type="prometheus_target" AND resource.labels.namespace="${NAMESPACE}"`,
          'metric.labels.code=starts_with("5")',
        ),
      };
    case "serverless": {
      // https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run
      const service = names.name("runService", "serving");
      const of = `monitored_resource="cloud_run_revision",service_name="${service}"`;
      return {
        requests: `run_googleapis_com:request_count{${of}}`,
        failures: `run_googleapis_com:request_count{${of},response_code_class="5xx"}`,
        latencyBuckets: `run_googleapis_com:request_latencies_bucket{${of}}`,
        second: 1000,
        filters: filters(
          `metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name="${service}"`,
          'metric.labels.response_code_class="5xx"',
        ),
      };
    }
    case "managed": {
      // https://cloud.google.com/monitoring/api/metrics_gcp_a_b#gcp-aiplatform
      const of = `monitored_resource="aiplatform.googleapis.com/Endpoint",endpoint_id="${endpointNumber(names)}"`;
      return {
        requests: `aiplatform_googleapis_com:prediction_online_response_count{${of}}`,
        failures: `aiplatform_googleapis_com:prediction_online_response_count{${of},response_code=~"5.."}`,
        latencyBuckets: `aiplatform_googleapis_com:prediction_online_prediction_latencies_bucket{${of},latency_type="total"}`,
        second: 1000,
        filters: filters(
          `metric.type="aiplatform.googleapis.com/prediction/online/response_count" AND resource.type="aiplatform.googleapis.com/Endpoint" AND resource.labels.endpoint_id="${endpointNumber(names)}"`,
          'metric.labels.response_code=starts_with("5")',
        ),
      };
    }
    case "instance":
    case "process":
      return undefined;
    default:
      return target satisfies never;
  }
}

/**
 * Number of production's endpoint on Vertex AI: nine digits, the first no zero.
 * https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints/create
 */
export function endpointNumber(names: GcpNames): string {
  const digest = sha256(`${names.settings.project}/${names.name("vertexEndpoint", "serving")}`);
  return String(100_000_000 + (Number.parseInt(digest.slice(-12), 16) % 900_000_000));
}

function filters(requests: string, failed: string) {
  return { requests, failures: `${requests} AND ${failed}` };
}
