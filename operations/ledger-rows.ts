/** Rows of the ledger's tables, turned into records. */
import type { Approval, ReleaseRecord, RunRecord, Served } from "./ledger";

/** Times come as dates from columns and as text from inside JSON. */
const time = (value: Date | string) => new Date(value).toISOString();
const timeOrNull = (value: Date | string | null) => (value === null ? null : time(value));

export const RUNS = `
  SELECT r.*, coalesce((
    SELECT jsonb_agg(jsonb_build_object('step', s.step, 'state', s.state, 'seconds', s.seconds, 'message', s.message,
      'at', s.at) ORDER BY s.first_at, s.step) FROM run_steps s WHERE s.run_id = r.id), '[]') AS steps
  FROM runs r`;

export interface RunRow {
  id: string;
  environment: string;
  project: string;
  reason: string;
  dedupe_key: string | null;
  parameters: Record<string, unknown>;
  state: RunRecord["state"];
  token: string;
  started_at: Date;
  ended_at: Date | null;
  blessed: boolean | null;
  reasons: string[];
  version: string | null;
  metrics: Record<string, number>;
  tracking_run_id: string | null;
  error: string | null;
  steps: {
    step: string;
    state: RunRecord["steps"][number]["state"];
    seconds: number | null;
    message: string | null;
    at: string;
  }[];
}

export function runRecord(row: RunRow): RunRecord {
  return {
    id: row.id,
    environment: row.environment,
    project: row.project,
    reason: row.reason,
    dedupeKey: row.dedupe_key,
    parameters: row.parameters,
    state: row.state,
    startedAt: time(row.started_at),
    endedAt: timeOrNull(row.ended_at),
    blessed: row.blessed,
    reasons: row.reasons,
    version: row.version,
    metrics: row.metrics,
    trackingRunId: row.tracking_run_id,
    error: row.error,
    steps: row.steps.map(({ step, state, seconds, message, at }) => ({
      step,
      state,
      ...(seconds === null ? {} : { seconds }),
      ...(message === null ? {} : { message }),
      at: time(at),
    })),
  };
}

export const RELEASES = `
  SELECT r.*, coalesce((
    SELECT jsonb_agg(jsonb_build_object('step', s.step, 'percent', s.percent, 'outcome', s.outcome,
      'reasons', s.reasons, 'details', s.details, 'startedAt', s.started_at, 'seconds', s.seconds)
      ORDER BY s.started_at, s.step) FROM release_steps s WHERE s.release_id = r.id), '[]') AS steps
  FROM releases r`;

export interface ReleaseRow {
  id: string;
  environment: string;
  project: string;
  kind: ReleaseRecord["kind"];
  version: string;
  digest: string;
  previous: string | null;
  drill: ReleaseRecord["drill"];
  requested_by: string | null;
  state: ReleaseRecord["state"];
  started_at: Date;
  ended_at: Date | null;
  reasons: string[];
  steps: ReleaseRecord["steps"][number][];
}

export function releaseRecord(row: ReleaseRow): ReleaseRecord {
  const { id, environment, project, kind, version, digest, previous, drill, state, reasons } = row;
  return {
    ...{ id, environment, project, kind, version, digest, previous, drill, state, reasons },
    requestedBy: row.requested_by,
    startedAt: time(row.started_at),
    endedAt: timeOrNull(row.ended_at),
    steps: row.steps.map((step) => ({ ...step, startedAt: time(step.startedAt) })),
  };
}

export interface ServedRow {
  environment: string;
  project: string;
  version: string;
  digest: string;
  release_id: string;
  kind: Served["kind"];
  from_at: Date;
  until_at: Date | null;
}

export function servedRecord(row: ServedRow): Served {
  const { environment, project, version, digest, kind } = row;
  return {
    ...{ environment, project, version, digest, kind },
    releaseId: row.release_id,
    from: time(row.from_at),
    until: timeOrNull(row.until_at),
  };
}

export interface ApprovalRow extends Omit<Approval, "by" | "at"> {
  readonly by_whom: string;
  readonly at: Date;
}

export function approvalRecord(row: ApprovalRow): Approval {
  const { environment, project, version, digest, decision, reason } = row;
  return { environment, project, version, digest, decision, by: row.by_whom, reason, at: time(row.at) };
}
