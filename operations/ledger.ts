/**
 * The ledger: what ran, what was released, who approved, what served when. One PostgreSQL database an environment.
 * This file says what it holds; `ledger-postgres.ts` keeps it.
 */
import type { DatabaseConnection, Drill, PipelineResult, StepEvent } from "../lib/contracts/operator";

export type RunState = "running" | "succeeded" | "failed" | "interrupted";

/** A pipeline run that is to start. */
export interface NewRun {
  readonly id: string;
  readonly environment: string;
  readonly project: string;
  /** Why it was started: `manual`, `schedule`, `new-data`, `drift`, `performance`, `code`. */
  readonly reason: string;
  /** Requests with one key make one run. */
  readonly dedupeKey: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Seconds that must have passed since the project's last run; 0 for none. */
  readonly coolDownSeconds: number;
}

export interface RunRecord extends Omit<NewRun, "coolDownSeconds"> {
  readonly state: RunState;
  /** ISO 8601, as all times here. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly blessed: boolean | null;
  readonly reasons: readonly string[];
  /** Model version that was registered. */
  readonly version: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly trackingRunId: string | null;
  readonly error: string | null;
  readonly steps: readonly (StepEvent & { readonly at: string })[];
}

/** What asking for a run led to. */
export type RunStart =
  | { readonly outcome: "started" }
  /** The dedupe key was seen before. */
  | { readonly outcome: "duplicate"; readonly run: RunRecord }
  | { readonly outcome: "coolingDown"; readonly until: string };

export type ReleaseState = "open" | "promoted" | "rolledBack" | "refused" | "failed" | "interrupted";

export interface NewRelease {
  readonly id: string;
  readonly environment: string;
  readonly project: string;
  /** `release`: with checks and canary. `rollback`: back to a version that served before. */
  readonly kind: "release" | "rollback";
  readonly version: string;
  readonly digest: string;
  /** Version in production before. Null for the first. */
  readonly previous: string | null;
  readonly drill: Drill | null;
  /** Who asked for it; null when nobody said. */
  readonly requestedBy: string | null;
}

/** One thing a release did. */
export interface ReleaseStep {
  readonly step: string;
  /** Share of requests the canary had, where it matters. */
  readonly percent: number | null;
  readonly outcome: string;
  readonly reasons: readonly string[];
  /** JSON: the checks, the windows measured. */
  readonly details: unknown;
  readonly startedAt: string;
  readonly seconds: number;
}

export interface ReleaseRecord extends NewRelease {
  readonly state: ReleaseState;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly reasons: readonly string[];
  readonly steps: readonly ReleaseStep[];
}

/** One stretch of time in which a version took production's requests. */
export interface Served {
  readonly environment: string;
  readonly project: string;
  readonly version: string;
  readonly digest: string;
  readonly releaseId: string;
  readonly kind: "release" | "rollback";
  readonly from: string;
  /** Null while it serves. */
  readonly until: string | null;
}

export interface Approval {
  readonly environment: string;
  readonly project: string;
  readonly version: string;
  readonly digest: string;
  readonly decision: "approved" | "rejected";
  readonly by: string;
  readonly reason: string | null;
  readonly at: string;
}

/** Held while something must not be done twice at once; gone when the process dies. */
export interface LedgerLock {
  release(): Promise<void>;
}

export interface Ledger {
  /** Null when somebody else holds it. */
  lock(name: string): Promise<LedgerLock | null>;

  startRun(run: NewRun): Promise<RunStart>;
  recordRunStep(runId: string, event: StepEvent): Promise<void>;
  finishRun(runId: string, state: Exclude<RunState, "running">, result: Partial<PipelineResult>): Promise<void>;
  /** Newest first. */
  runs(filter: { environment: string; project?: string; state?: RunState; limit?: number }): Promise<RunRecord[]>;

  startRelease(release: NewRelease): Promise<void>;
  recordReleaseStep(releaseId: string, step: ReleaseStep): Promise<void>;
  /** Ends a release. Promoted: from now on its version is what serves. */
  finishRelease(releaseId: string, state: Exclude<ReleaseState, "open">, reasons: readonly string[]): Promise<void>;
  /** Newest first. */
  releases(filter: {
    environment: string;
    project?: string;
    state?: ReleaseState;
    limit?: number;
  }): Promise<ReleaseRecord[]>;

  /** What served, newest first; with `at` only what served at that time. */
  served(filter: { environment: string; project?: string; at?: string }): Promise<Served[]>;

  approve(approval: Omit<Approval, "at">): Promise<void>;
  /** Newest first. */
  approvals(filter: { environment: string; project?: string; version?: string }): Promise<Approval[]>;

  close(): Promise<void>;
}

/**
 * Opens the ledger and brings its tables up to date.
 *
 * @throws UserError when the database is away, or its tables were made by a newer version of this program
 */
export async function openLedger(connection: DatabaseConnection): Promise<Ledger> {
  const { PostgresLedger } = await import("./ledger-postgres");
  return PostgresLedger.open(connection);
}
