/** What is looked for in the logs. Does not load the engine. https://cloud.google.com/logging/docs/view/logging-query-language */

/** Kind of resource that a run on Vertex AI Pipelines is in logs and metrics. */
export const PIPELINE_RUN = "aiplatform.googleapis.com/PipelineJob";

/** A run on Vertex AI Pipelines ended badly: https://cloud.google.com/vertex-ai/docs/pipelines/logging. */
export const FAILED_RUN = `resource.type="${PIPELINE_RUN}" AND jsonPayload.state="PIPELINE_STATE_FAILED"`;

/** An automatic backup of a database failed: https://cloud.google.com/sql/docs/postgres/backup-recovery/backups. */
export const FAILED_BACKUP =
  'resource.type="cloudsql_database" AND log_id("cloudaudit.googleapis.com/system_event") AND ' +
  'protoPayload.methodName="cloudsql.instances.automatedBackup" AND protoPayload.metadata.windowStatus:"FAILED"';

/** Somebody scheduled a key's destruction: what it encrypts is lost with it, unless that is undone in time. */
export const KEY_DESTROYED =
  'log_id("cloudaudit.googleapis.com/activity") AND protoPayload.serviceName="cloudkms.googleapis.com" AND ' +
  'protoPayload.methodName:"DestroyCryptoKeyVersion"';

/** The one form of a drift finding: whoever compares live data with training data writes `{"event": "drift", "project": …, "distance": …}`. */
const DRIFT = 'jsonPayload.event="drift"';

/** A finding that starts retraining: it names its project, and is a warning, not a figure. */
export const DRIFT_FINDING = `${DRIFT} AND jsonPayload.project:* AND severity>=WARNING`;

/**
 * Inputs have drifted: a line that a monitoring job writes, `{"event": "drift", "distance": 0.31, …}`, or an anomaly of
 * Vertex AI's own model monitoring, which has its own thresholds.
 * @param threshold distance from which on it counts
 */
export function driftFound(threshold: number): string {
  const own = `(${DRIFT} AND jsonPayload.distance>=${threshold})`;
  const vertex =
    'jsonPayload."@type"="type.googleapis.com/google.cloud.aiplatform.logging.ModelMonitoringAnomaliesLogEntry"';
  return `${own} OR ${vertex}`;
}

/** What is done to the project, and who read what is guarded: https://cloud.google.com/logging/docs/audit. */
export const AUDIT_LOGS = ["activity", "data_access", "system_event", "policy"]
  .map((log) => `log_id("cloudaudit.googleapis.com/${log}")`)
  .join(" OR ");
