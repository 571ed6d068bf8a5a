/** The ledger on PostgreSQL. Every statement may be repeated after a lost connection without doing harm. */
import { randomUUID } from "node:crypto";
import type { ClientBase } from "pg";
import type { DatabaseConnection, PipelineResult, StepEvent } from "../lib/contracts/operator";
import type {
  Approval,
  Ledger,
  LedgerLock,
  NewRelease,
  NewRun,
  ReleaseRecord,
  ReleaseState,
  ReleaseStep,
  RunRecord,
  RunStart,
  RunState,
  Served,
} from "./ledger";
import { LedgerDatabase, type Patience } from "./ledger-database";
import {
  type ApprovalRow,
  approvalRecord,
  RELEASES,
  type ReleaseRow,
  RUNS,
  type RunRow,
  releaseRecord,
  runRecord,
  type ServedRow,
  servedRecord,
} from "./ledger-rows";
import { migrate } from "./ledger-schema";

/** Rows that a query gives unless told. */
const LIMIT = 100;

export class PostgresLedger implements Ledger {
  private constructor(private readonly database: LedgerDatabase) {}

  /** @throws UserError when the database is away */
  static async open(connection: DatabaseConnection, patience?: Patience): Promise<PostgresLedger> {
    const database = new LedgerDatabase(connection, patience);
    try {
      // Who opens a ledger that is away wants to know at once; patience is for work under way.
      await database.transaction((client) => migrate(client), 1000);
    } catch (error) {
      await database.close();
      throw error;
    }
    return new PostgresLedger(database);
  }

  lock(name: string): Promise<LedgerLock | null> {
    return this.database.lock(name);
  }

  startRun(run: NewRun): Promise<RunStart> {
    // Tells this call's own row, written before a connection was lost, from another's.
    const token = randomUUID();
    return this.database.transaction(async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
        `start ${run.environment} ${run.project}`,
      ]);
      const { rows } = await client.query<RunRow>(`${RUNS} WHERE r.id = $1`, [run.id]);
      const known = rows[0];
      if (known?.token === token) return { outcome: "started" };
      if (known && known.state !== "interrupted") {
        await client.query(
          "UPDATE dedupe_keys SET last_at = now(), deliveries = deliveries + 1 WHERE environment = $1 AND project = $2 AND key = $3",
          [run.environment, run.project, run.dedupeKey],
        );
        return { outcome: "duplicate", run: runRecord(known) };
      }
      const until = await coolDownEnd(client, run);
      if (until) return { outcome: "coolingDown", until };
      await insertRun(client, run, token);
      return { outcome: "started" };
    });
  }

  async recordRunStep(runId: string, { step, state, seconds, message }: StepEvent): Promise<void> {
    await this.write(
      `INSERT INTO run_steps (run_id, step, state, seconds, message) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (run_id, step) DO UPDATE SET state = $3, seconds = $4, message = $5, at = clock_timestamp()`,
      [runId, step, state, seconds ?? null, message ?? null],
    );
  }

  async finishRun(
    runId: string,
    state: Exclude<RunState, "running">,
    { blessed, reasons = [], version, metrics = {}, trackingRunId, error }: Partial<PipelineResult>,
  ): Promise<void> {
    await this.write(
      `UPDATE runs SET state = $2, ended_at = now(), blessed = $3, reasons = $4, version = $5, metrics = $6,
         tracking_run_id = $7, error = $8 WHERE id = $1`,
      [
        ...[runId, state, blessed ?? null, jsonText(reasons), version ?? null, JSON.stringify(metrics)],
        ...[trackingRunId ?? null, error ?? null],
      ],
    );
  }

  async runs({ environment, project, state, limit }: Parameters<Ledger["runs"]>[0]): Promise<RunRecord[]> {
    const rows = await this.read<RunRow>(
      `${RUNS} WHERE environment = $1 AND ($2::text IS NULL OR project = $2) AND ($3::text IS NULL OR state = $3)
       ORDER BY started_at DESC, id DESC LIMIT $4`,
      [environment, project ?? null, state ?? null, limit ?? LIMIT],
    );
    return rows.map(runRecord);
  }

  async startRelease(release: NewRelease): Promise<void> {
    const { id, environment, project, kind, version, digest, previous, drill, requestedBy } = release;
    await this.write(
      `INSERT INTO releases (id, environment, project, kind, version, digest, previous, drill, requested_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
      [id, environment, project, kind, version, digest, previous, drill && JSON.stringify(drill), requestedBy],
    );
  }

  async recordReleaseStep(releaseId: string, entry: ReleaseStep): Promise<void> {
    const { step, percent, outcome, reasons, details, startedAt, seconds } = entry;
    await this.write(
      `INSERT INTO release_steps (release_id, started_at, step, percent, outcome, reasons, details, seconds)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [...[releaseId, startedAt, step, percent, outcome, jsonText(reasons)], ...[jsonText(details), seconds]],
    );
  }

  async finishRelease(id: string, state: Exclude<ReleaseState, "open">, reasons: readonly string[]): Promise<void> {
    await this.database.transaction(async (client) => {
      // `interrupted` may be written by a newcomer who took this release for dead; the one that does the work knows better.
      const { rows } = await client.query<ReleaseRow>(
        `UPDATE releases SET state = $2, ended_at = clock_timestamp(), reasons = $3
         WHERE id = $1 AND state IN ('open', 'interrupted') RETURNING *`,
        [id, state, jsonText(reasons)],
      );
      const [release] = rows;
      if (!release || state !== "promoted") return;
      const scope = [release.environment, release.project];
      await client.query(
        "UPDATE served SET until_at = $3 WHERE environment = $1 AND project = $2 AND until_at IS NULL",
        [...scope, release.ended_at],
      );
      await client.query(
        `INSERT INTO served (environment, project, version, digest, release_id, kind, from_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [...scope, release.version, release.digest, id, release.kind, release.ended_at],
      );
    });
  }

  async releases({ environment, project, state, limit }: Parameters<Ledger["releases"]>[0]): Promise<ReleaseRecord[]> {
    const rows = await this.read<ReleaseRow>(
      `${RELEASES} WHERE environment = $1 AND ($2::text IS NULL OR project = $2) AND ($3::text IS NULL OR state = $3)
       ORDER BY r.started_at DESC, r.id DESC LIMIT $4`,
      [environment, project ?? null, state ?? null, limit ?? LIMIT],
    );
    return rows.map(releaseRecord);
  }

  async served({ environment, project, at }: Parameters<Ledger["served"]>[0]): Promise<Served[]> {
    const rows = await this.read<ServedRow>(
      `SELECT * FROM served WHERE environment = $1 AND ($2::text IS NULL OR project = $2)
         AND ($3::timestamptz IS NULL OR (from_at <= $3 AND (until_at IS NULL OR until_at > $3)))
       ORDER BY from_at DESC, project`,
      [environment, project ?? null, at ?? null],
    );
    return rows.map(servedRecord);
  }

  async approve(approval: Omit<Approval, "at">): Promise<void> {
    const { environment, project, version, digest, decision, by, reason } = approval;
    await this.write(
      `INSERT INTO approvals (id, environment, project, version, digest, decision, by_whom, reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
      [randomUUID(), environment, project, version, digest, decision, by, reason],
    );
  }

  async approvals({ environment, project, version }: Parameters<Ledger["approvals"]>[0]): Promise<Approval[]> {
    const rows = await this.read<ApprovalRow>(
      `SELECT * FROM approvals WHERE environment = $1 AND ($2::text IS NULL OR project = $2)
         AND ($3::text IS NULL OR version = $3) ORDER BY at DESC, id`,
      [environment, project ?? null, version ?? null],
    );
    return rows.map(approvalRecord);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private async write(statement: string, values: readonly unknown[]): Promise<void> {
    await this.database.transaction((client) => client.query(statement, values.map(withoutNul)));
  }

  private async read<Row extends object>(statement: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.database.transaction((client) => client.query<Row>(statement, [...values]))).rows;
  }
}

/** PostgreSQL's text holds no NUL character; a program's output may. */
const withoutNul = (value: unknown) => (typeof value === "string" ? value.replaceAll("\0", "") : value);

/** JSON for a jsonb column. */
const jsonText = (value: unknown) =>
  value === undefined ? null : JSON.stringify(value, (_key, part: unknown) => withoutNul(part));

/** When the next run may start; null when it may now. Interrupted runs do not count: they did not finish their work. */
async function coolDownEnd(client: ClientBase, run: NewRun): Promise<string | null> {
  if (!(run.coolDownSeconds > 0)) return null;
  const { rows } = await client.query<{ until: Date }>(
    `SELECT max(started_at) + make_interval(secs => $3) AS until FROM runs
     WHERE environment = $1 AND project = $2 AND state <> 'interrupted'
     HAVING max(started_at) + make_interval(secs => $3) > now()`,
    [run.environment, run.project, run.coolDownSeconds],
  );
  return rows[0]?.until.toISOString() ?? null;
}

async function insertRun(client: ClientBase, run: NewRun, token: string): Promise<void> {
  const { id, environment, project, reason, dedupeKey, parameters } = run;
  await client.query("DELETE FROM run_steps WHERE run_id = $1", [id]);
  await client.query(
    `INSERT INTO runs (id, environment, project, reason, dedupe_key, parameters, state, token)
     VALUES ($1, $2, $3, $4, $5, $6, 'running', $7)
     ON CONFLICT (id) DO UPDATE SET state = 'running', token = $7, reason = $4, parameters = $6, started_at = now(),
       ended_at = NULL, error = NULL`,
    [id, environment, project, reason, dedupeKey, jsonText(parameters), token],
  );
  if (dedupeKey === null) return;
  await client.query(
    `INSERT INTO dedupe_keys (environment, project, key, run_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (environment, project, key) DO UPDATE SET last_at = now(), deliveries = dedupe_keys.deliveries + 1`,
    [environment, project, dedupeKey, id],
  );
}
