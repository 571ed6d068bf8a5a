/** Back to the version that served before, at once and without a canary: it proved itself already. */
import type { IOperator, ModelPackage, Progress } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import { CHECKS, runChecks } from "./checks";
import type { Http } from "./http";
import { timeId } from "./id";
import type { Ledger, NewRelease, Served } from "./ledger";
import { readPackage } from "./package";
import type { ReleaseEnvironment } from "./release";
import { conclude, recoverLocked, releaseLock } from "./release-recover";
import { type Ending, type ReleaseReport, type Work, workOf } from "./release-report";

export interface RollbackContext {
  readonly operator: Pick<IOperator, "serving" | "models">;
  readonly ledger: Ledger;
  readonly environment: ReleaseEnvironment;
  readonly project: string;
  /** Who asks. @default nobody named */
  readonly requestedBy?: string;
  /** @default Node's fetch */
  readonly http?: Http;
}

/** Checks that cost no time to speak of; the others were passed when the version was released. */
const QUICK = ["package", "api"];

/**
 * Puts the previous production version back in front of all requests.
 *
 * @throws UserError when there is none, or a release is under way
 */
export async function rollback(context: RollbackContext, progress: Progress = () => undefined): Promise<ReleaseReport> {
  const { operator, ledger, environment, project } = context;
  const started = performance.now();
  const lock = await ledger.lock(releaseLock(environment.name));
  if (!lock) {
    throw new UserError({
      message: `A release is under way in ${environment.name}`,
      fix: "Interrupt it: it goes back by itself",
    });
  }
  try {
    await recoverLocked(context);
    const previous = previousVersion(await ledger.served({ environment: environment.name, project }));
    if (!previous) {
      throw new UserError({ message: `No version of ${project} was in production before the one that serves now` });
    }
    const { uri, digest } = await operator.models.get(project, previous.version);
    const model: ModelPackage = { project, version: previous.version, uri, digest };
    const stable = (await operator.serving.deployments()).find(({ role }) => role === "stable")?.model ?? null;
    const release: NewRelease = {
      ...{ id: timeId(), environment: environment.name, project, kind: "rollback", drill: null },
      ...{
        version: model.version,
        digest,
        previous: stable?.version ?? null,
        requestedBy: context.requestedBy ?? null,
      },
    };
    await ledger.startRelease(release);
    const work = workOf(ledger, release, model, stable);
    const { state, reasons } = await conclude(context, work, progress, () => rolledBack(context, work, progress));
    return {
      ...{ releaseId: release.id, project, version: model.version, digest, previous: release.previous, state, reasons },
      ...{ first: false, checks: work.checks, steps: [], seconds: (performance.now() - started) / 1000 },
    };
  } finally {
    await lock.release();
  }
}

async function rolledBack(context: RollbackContext, work: Work, progress: Progress): Promise<Ending> {
  const { operator, project, environment, http } = context;
  const { model } = work;
  progress(`back to version ${model.version}`);
  const { url } = await work.step("deploy", 0, () => operator.serving.deploy("canary", model));
  const contents = readPackage(model, await operator.models.readPackage(model));
  const skip = CHECKS.filter((check) => !QUICK.includes(check));
  const policy = environment.serving.checks;
  work.checks.push(
    ...(await runChecks({ model, contents, url, policy, memoryBytes: null, skip, ...(http && { http }) })),
  );
  const failed = work.checks.filter(({ ok }) => !ok);
  if (failed.length > 0) {
    await operator.serving.abort();
    return { state: "refused", reasons: failed.map(({ check, message }) => `${check}: ${message}`) };
  }
  await work.step("promote", 100, async () => {
    await operator.serving.promote();
    await operator.models.setAlias(project, "production", model.version);
  });
  progress(`version ${model.version} serves all requests`);
  return { state: "promoted", reasons: [`rolled back from version ${work.release.previous ?? "unknown"}`] };
}

/**
 * The version to go back to: the one below the present one, where a rollback takes its predecessor off the pile, so
 * that two rollbacks go back two versions and not to and fro.
 *
 * @param history newest first, of one project
 */
export function previousVersion(history: readonly Served[]): Served | null {
  const pile: Served[] = [];
  for (const served of history.toReversed()) {
    const back = pile.findLastIndex(({ digest, version }) => digest === served.digest && version === served.version);
    if (served.kind === "rollback" && back >= 0) pile.length = back;
    if (pile.at(-1)?.digest !== served.digest) pile.push(served);
  }
  return pile.at(-2) ?? null;
}
