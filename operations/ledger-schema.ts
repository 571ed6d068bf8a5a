/** Tables of the ledger, as a list of steps that only ever grows. */
import type { ClientBase } from "pg";
import { UserError } from "../lib/core/errors";

/** Position in the list + 1 is the version. Never change a step that was released: add one. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    id text PRIMARY KEY,
    environment text NOT NULL,
    project text NOT NULL,
    reason text NOT NULL,
    dedupe_key text,
    parameters jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'interrupted')),
    token uuid NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    blessed boolean,
    reasons jsonb NOT NULL DEFAULT '[]',
    version text,
    metrics jsonb NOT NULL DEFAULT '{}',
    tracking_run_id text,
    error text
  );
  CREATE INDEX runs_by_time ON runs (environment, project, started_at DESC);
  CREATE TABLE run_steps (
    run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
    step text NOT NULL,
    state text NOT NULL,
    seconds double precision,
    message text,
    first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run_id, step)
  );
  CREATE TABLE dedupe_keys (
    environment text NOT NULL,
    project text NOT NULL,
    key text NOT NULL,
    run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    deliveries integer NOT NULL DEFAULT 1,
    PRIMARY KEY (environment, project, key)
  );
  CREATE TABLE releases (
    id text PRIMARY KEY,
    environment text NOT NULL,
    project text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('release', 'rollback')),
    version text NOT NULL,
    digest text NOT NULL,
    previous text,
    drill jsonb,
    requested_by text,
    state text NOT NULL DEFAULT 'open'
      CHECK (state IN ('open', 'promoted', 'rolledBack', 'refused', 'failed', 'interrupted')),
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    reasons jsonb NOT NULL DEFAULT '[]'
  );
  CREATE INDEX releases_by_time ON releases (environment, project, started_at DESC);
  CREATE TABLE release_steps (
    release_id text NOT NULL REFERENCES releases ON DELETE CASCADE,
    started_at timestamptz NOT NULL,
    step text NOT NULL,
    percent double precision,
    outcome text NOT NULL,
    reasons jsonb NOT NULL,
    details jsonb,
    seconds double precision NOT NULL,
    PRIMARY KEY (release_id, started_at, step)
  );
  CREATE TABLE served (
    environment text NOT NULL,
    project text NOT NULL,
    version text NOT NULL,
    digest text NOT NULL,
    release_id text PRIMARY KEY REFERENCES releases ON DELETE CASCADE,
    kind text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz
  );
  CREATE UNIQUE INDEX one_serves ON served (environment, project) WHERE until_at IS NULL;
  CREATE TABLE approvals (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    project text NOT NULL,
    version text NOT NULL,
    digest text NOT NULL,
    decision text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    by_whom text NOT NULL,
    reason text,
    at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX approvals_by_version ON approvals (environment, project, version);
  `,
];

/** Key of the advisory lock under which tables are changed. */
const LOCK = "mlops.ledger.migrate";

/**
 * Brings the tables up to date inside the caller's transaction; processes that start at once take turns.
 *
 * @returns the versions that were applied
 * @throws UserError when the tables are newer than this program
 */
export async function migrate(client: ClientBase, migrations = MIGRATIONS): Promise<readonly number[]> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [LOCK]);
  await client.query(
    "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
  );
  const { rows } = await client.query<{ version: number | null }>("SELECT max(version) AS version FROM schema_version");
  const present = rows[0]?.version ?? 0;
  if (present > migrations.length) {
    throw new UserError({
      message: `The ledger's tables have version ${present}, this program knows ${migrations.length}`,
      fix: "Use the program that made them, or a newer one",
    });
  }
  const applied: number[] = [];
  for (const [index, statements] of migrations.entries()) {
    if (index < present) continue;
    await client.query(statements);
    await client.query("INSERT INTO schema_version (version) VALUES ($1)", [index + 1]);
    applied.push(index + 1);
  }
  return applied;
}
