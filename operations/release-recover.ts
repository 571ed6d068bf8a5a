/** How a release ends: well, by an error, or by the death of its process, which the next one puts right. */
import type { IOperator, Progress } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import { reasonOf } from "./http";
import type { Ledger, NewRelease } from "./ledger";
import type { Ending, Work } from "./release-report";

export interface RecoverContext {
  readonly operator: Pick<IOperator, "serving" | "models">;
  readonly ledger: Ledger;
  readonly environment: { readonly name: string };
}

/** One release that was found open, and how it ended. */
export interface Recovered {
  readonly releaseId: string;
  readonly project: string;
  readonly version: string;
  readonly state: "promoted" | "interrupted";
  readonly reason: string;
}

/** Name of the lock that a release holds: production has one stable and one canary, so one release at a time. */
export const releaseLock = (environment: string) => `release ${environment}`;

/**
 * Ends releases that are open in the ledger though nobody works on them: all requests go to stable first. Does nothing
 * while a release is under way. To be called when an estate comes up, and before each release.
 */
export async function recoverReleases(context: RecoverContext): Promise<readonly Recovered[]> {
  const lock = await context.ledger.lock(releaseLock(context.environment.name));
  if (!lock) return [];
  try {
    return await recoverLocked(context);
  } finally {
    await lock.release();
  }
}

/** The same for who holds the lock already. */
export async function recoverLocked({ operator, ledger, environment }: RecoverContext): Promise<readonly Recovered[]> {
  const open = await ledger.releases({ environment: environment.name, state: "open" });
  const recovered: Recovered[] = [];
  for (const release of open) {
    const done = await wasPromoted(operator, release);
    if (done) await operator.models.setAlias(release.project, "production", release.version);
    else await abortToStable(operator);
    const state = done ? "promoted" : "interrupted";
    const reason = done
      ? "its process ended after the promotion; what was left to write was written later"
      : "its process ended in the middle; all requests were put back to stable";
    await ledger.finishRelease(release.id, state, [reason]);
    recovered.push({ releaseId: release.id, project: release.project, version: release.version, state, reason });
  }
  return recovered;
}

/** All requests to stable; where nothing is stable yet there is nothing to put back. */
export async function abortToStable({ serving }: Pick<IOperator, "serving">): Promise<void> {
  const deployments = await serving.deployments();
  if (deployments.some(({ role, model }) => role === "stable" && model)) await serving.abort();
}

/** Traffic is the truth: the version is stable although the ledger does not say so yet. */
export async function wasPromoted({ serving }: RecoverContext["operator"], release: NewRelease): Promise<boolean> {
  if (release.drill || release.version === release.previous) return false;
  const stable = (await serving.deployments()).find(({ role }) => role === "stable")?.model;
  return stable?.project === release.project && stable.version === release.version && stable.digest === release.digest;
}

/** Does a release's work and writes its end; whatever happens, requests end up at one whole version. */
export async function conclude(
  context: RecoverContext & { readonly signal?: AbortSignal },
  work: Pick<Work, "release">,
  progress: Progress,
  run: () => Promise<Ending>,
): Promise<Ending> {
  let ending: Ending;
  try {
    ending = await run();
  } catch (error) {
    await putBack(context, work.release, error, progress);
    ending = context.signal?.aborted
      ? { state: "interrupted", reasons: ["it was interrupted; all requests were put back to stable"] }
      : { state: "failed", reasons: [reasonOf(error)] };
  }
  await context.ledger.finishRelease(work.release.id, ending.state, ending.reasons);
  return ending;
}

/** All requests to stable. A release that cannot be ended cleanly stays open in the ledger, to be recovered. */
async function putBack(
  { operator, environment }: RecoverContext,
  release: NewRelease,
  error: unknown,
  progress: Progress,
): Promise<void> {
  const fix = `Run \`mlops up ${environment.name}\`: it finds the open release and ends it`;
  let promoted: boolean;
  try {
    promoted = await wasPromoted(operator, release);
    if (!promoted) {
      progress("all requests go back to stable");
      await abortToStable(operator);
    }
  } catch (failure) {
    const message = `Release ${release.id} failed (${reasonOf(error)}), and requests could not be put back to stable: ${reasonOf(failure)}`;
    throw new UserError({ message, fix }, 1, { cause: error });
  }
  if (!promoted) return;
  const message = `Version ${release.version} serves all requests, but that could not be written down: ${reasonOf(error)}`;
  throw new UserError({ message, fix }, 1, { cause: error });
}
