/** What a release tells of itself, and how it gathers that while it works. */
import type { ModelPackage } from "../lib/contracts/operator";
import { EXIT } from "../lib/core/errors";
import type { CheckResult } from "./checks";
import { reasonOf } from "./http";
import type { Ledger, NewRelease } from "./ledger";
import type { CanaryStep } from "./release-canary";

export type ReleaseEnd = "promoted" | "rolledBack" | "refused" | "failed" | "interrupted";

/** How a release went. */
export interface ReleaseReport {
  /** In the ledger; null when the release was refused before it began. */
  readonly releaseId: string | null;
  readonly project: string;
  readonly version: string;
  readonly digest: string;
  /** Version in production before; null for the first. */
  readonly previous: string | null;
  readonly state: ReleaseEnd;
  /** Nothing was in production before, so there was nothing to compare with. */
  readonly first: boolean;
  readonly reasons: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly steps: readonly CanaryStep[];
  readonly seconds: number;
}

/** What a release ends with on the command line. */
export function exitCodeOf({
  state,
}: Pick<ReleaseReport, "state">): (typeof EXIT)["done" | "error" | "refused" | "interrupted"] {
  const codes = {
    promoted: EXIT.done,
    rolledBack: EXIT.refused,
    refused: EXIT.refused,
    failed: EXIT.error,
    interrupted: EXIT.interrupted,
  };
  return codes[state];
}

/** What a release does gathers here, for the ledger and for its report. */
export interface Work {
  readonly release: NewRelease;
  readonly model: ModelPackage;
  readonly stable: ModelPackage | null;
  readonly checks: CheckResult[];
  readonly steps: CanaryStep[];
  /** Times a piece of work and writes it to the ledger, also when it throws. */
  step<T>(name: string, percent: number | null, run: () => Promise<T>): Promise<T>;
}

/** How a release ended. */
export type Ending = { readonly state: ReleaseEnd; readonly reasons: readonly string[] };

/** Starts with nothing done. */
export function workOf(ledger: Ledger, release: NewRelease, model: ModelPackage, stable: ModelPackage | null): Work {
  return {
    ...{ release, model, stable, checks: [], steps: [] },
    step: async (step, percent, run) => {
      const startedAt = new Date().toISOString();
      const started = performance.now();
      const record = (outcome: string, reasons: readonly string[]) =>
        ledger.recordReleaseStep(release.id, {
          ...{ step, percent, outcome, reasons, details: null, startedAt },
          seconds: (performance.now() - started) / 1000,
        });
      try {
        const result = await run();
        await record("done", []);
        return result;
      } catch (error) {
        // The cause matters more than a ledger that cannot be written.
        await record("failed", [reasonOf(error)]).catch(() => undefined);
        throw error;
      }
    },
  };
}
