/** A ledger in memory, with the same rules as the one on PostgreSQL where a release or a run leans on them. */
import type {
  Approval,
  Ledger,
  LedgerLock,
  NewRelease,
  NewRun,
  ReleaseRecord,
  ReleaseStep,
  RunRecord,
  RunStart,
  Served,
} from "../../../operations/ledger";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class MemoryLedger implements Ledger {
  readonly held = new Set<string>();
  readonly allRuns: Writable<RunRecord>[] = [];
  readonly allReleases: Writable<ReleaseRecord>[] = [];
  readonly allServed: Writable<Served>[] = [];
  readonly allApprovals: Approval[] = [];
  /** Called before each write; throws to play a database that is away. */
  onWrite: (name: string) => void = () => undefined;
  private ticks = Date.parse("2026-11-20T12:00:00Z");

  private now(): string {
    this.ticks += 1000;
    return new Date(this.ticks).toISOString();
  }

  async lock(name: string): Promise<LedgerLock | null> {
    if (this.held.has(name)) return null;
    this.held.add(name);
    return { release: async () => void this.held.delete(name) };
  }

  async startRun(run: NewRun): Promise<RunStart> {
    this.onWrite("startRun");
    const known = this.allRuns.find(({ id }) => id === run.id);
    if (known && known.state !== "interrupted") return { outcome: "duplicate", run: known };
    const last = this.allRuns.filter(({ state, project }) => state !== "interrupted" && project === run.project).at(-1);
    if (last && run.coolDownSeconds > 0) return { outcome: "coolingDown", until: last.startedAt };
    if (known) this.allRuns.splice(this.allRuns.indexOf(known), 1);
    const { coolDownSeconds: _, ...rest } = run;
    const empty = { blessed: null, reasons: [], version: null, metrics: {}, trackingRunId: null, error: null };
    this.allRuns.push({ ...rest, ...empty, state: "running", startedAt: this.now(), endedAt: null, steps: [] });
    return { outcome: "started" };
  }

  async recordRunStep(runId: string, event: RunRecord["steps"][number]): Promise<void> {
    this.onWrite("recordRunStep");
    const run = this.allRuns.find(({ id }) => id === runId);
    if (run) run.steps = [...run.steps.filter(({ step }) => step !== event.step), { ...event, at: this.now() }];
  }

  async finishRun(...[runId, state, result]: Parameters<Ledger["finishRun"]>): Promise<void> {
    this.onWrite("finishRun");
    const run = this.allRuns.find(({ id }) => id === runId);
    if (run) Object.assign(run, { state, endedAt: this.now(), error: null }, result);
  }

  async runs({ environment, project, state }: Parameters<Ledger["runs"]>[0]): Promise<RunRecord[]> {
    return this.allRuns
      .filter((run) => run.environment === environment && (!project || run.project === project))
      .filter((run) => !state || run.state === state)
      .toReversed();
  }

  async startRelease(release: NewRelease): Promise<void> {
    this.onWrite("startRelease");
    this.allReleases.push({ ...release, state: "open", startedAt: this.now(), endedAt: null, reasons: [], steps: [] });
  }

  async recordReleaseStep(releaseId: string, step: ReleaseStep): Promise<void> {
    this.onWrite("recordReleaseStep");
    const release = this.allReleases.find(({ id }) => id === releaseId);
    // As JSON, which is what a database keeps.
    if (release) release.steps = [...release.steps, JSON.parse(JSON.stringify(step)) as ReleaseStep];
  }

  async finishRelease(...[releaseId, state, reasons]: Parameters<Ledger["finishRelease"]>): Promise<void> {
    this.onWrite("finishRelease");
    const release = this.allReleases.find(({ id }) => id === releaseId);
    if (!release) return;
    const at = this.now();
    Object.assign(release, { state, reasons, endedAt: at });
    if (state !== "promoted") return;
    const { environment, project, version, digest, kind } = release;
    for (const served of this.allServed) if (served.project === project) served.until ??= at;
    this.allServed.push({ environment, project, version, digest, kind, releaseId, from: at, until: null });
  }

  async releases({ environment, project, state }: Parameters<Ledger["releases"]>[0]): Promise<ReleaseRecord[]> {
    return this.allReleases
      .filter((release) => release.environment === environment && (!project || release.project === project))
      .filter((release) => !state || release.state === state)
      .toReversed();
  }

  async served({ project }: Parameters<Ledger["served"]>[0]): Promise<Served[]> {
    return this.allServed.filter((served) => !project || served.project === project).toReversed();
  }

  async approve(approval: Omit<Approval, "at">): Promise<void> {
    this.allApprovals.push({ ...approval, at: this.now() });
  }

  async approvals(): Promise<Approval[]> {
    return this.allApprovals.toReversed();
  }

  async close(): Promise<void> {}
}
