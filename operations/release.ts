/** Brings a model version to production: QA, checks, canary, and then all requests or none. */
import type { Drill, IOperator, ModelPackage, Progress } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import type { CanaryPolicy } from "./canary";
import { CHECKS, type CheckName, type ChecksPolicy, runChecks, timed } from "./checks";
import { callByFetch, type Http } from "./http";
import { timeId } from "./id";
import type { Ledger, NewRelease } from "./ledger";
import type { Load } from "./load";
import { type PackageContents, readPackage } from "./package";
import { runCanary } from "./release-canary";
import { conclude, recoverLocked, releaseLock } from "./release-recover";
import { type Ending, type ReleaseReport, type Work, workOf } from "./release-report";

/** The part of an environment that a release needs. */
export interface ReleaseEnvironment {
  readonly name: string;
  readonly serving: { readonly checks: ChecksPolicy; readonly production: { readonly canary: CanaryPolicy } };
}

export interface ReleaseContext {
  readonly operator: Pick<IOperator, "serving" | "models">;
  readonly ledger: Ledger;
  readonly environment: ReleaseEnvironment;
  readonly project: string;
  /** @default the version under alias `candidate` */
  readonly version?: string;
  /** Faults for the canary, to rehearse a rollback. A drill is never promoted. @default none */
  readonly drill?: Drill;
  /** Checks to leave out; only with a drill. @default none */
  readonly skipChecks?: boolean | readonly CheckName[];
  /** Who asks. @default nobody named */
  readonly requestedBy?: string;
  /** Stops the release: all requests go to stable. */
  readonly signal?: AbortSignal;
  /** Requests a second that a replay begins at most. @default 200 */
  readonly replayRate?: number;
  /** @default Node's fetch */
  readonly http?: Http;
  /** @default autocannon */
  readonly load?: Load;
}

/**
 * Releases a model version. What goes wrong with the model or on the way is a report; requests are back at stable then.
 *
 * @throws UserError when there is nothing to release, another release is under way, or the estate cannot be asked
 */
export async function runRelease(
  context: ReleaseContext,
  progress: Progress = () => undefined,
): Promise<ReleaseReport> {
  const { ledger, environment } = context;
  const started = performance.now();
  const lock = await ledger.lock(releaseLock(environment.name));
  if (!lock) {
    throw new UserError({
      message: `Another release is under way in ${environment.name}`,
      fix: `See it with \`mlops status ${environment.name}\`; try again when it is done`,
    });
  }
  try {
    for (const { version, reason } of await recoverLocked(context))
      progress(`release of version ${version}: ${reason}`);
    const model = await chosen(context);
    const stable = (await context.operator.serving.deployments()).find(({ role }) => role === "stable")?.model ?? null;
    const release: NewRelease = {
      id: timeId(),
      environment: environment.name,
      project: model.project,
      kind: "release",
      version: model.version,
      digest: model.digest,
      previous: stable?.version ?? null,
      drill: context.drill ?? null,
      requestedBy: context.requestedBy ?? null,
    };
    const work = workOf(ledger, release, model, stable);
    const refusal = refusalOf(context, model, stable);
    const report = ({ state, reasons }: Ending, releaseId: string | null = release.id): ReleaseReport => ({
      ...{ releaseId, project: model.project, version: model.version, digest: model.digest, state, reasons },
      ...{ previous: release.previous, first: stable === null, checks: work.checks, steps: work.steps },
      seconds: (performance.now() - started) / 1000,
    });
    if (refusal) return report({ state: "refused", reasons: [refusal] }, null);
    await ledger.startRelease(release);
    return report(await conclude(context, work, progress, () => released(context, work, progress)));
  } finally {
    await lock.release();
  }
}

async function chosen({ operator, project, version }: ReleaseContext): Promise<ModelPackage> {
  const picked = version ?? (await operator.models.byAlias(project, "candidate"));
  if (picked === null) {
    throw new UserError({
      message: `Project ${project} has no model version under alias candidate`,
      fix: "Run its pipeline, or name a version",
    });
  }
  const { uri, digest } = await operator.models.get(project, picked);
  return { project, version: picked, uri, digest };
}

function refusalOf(
  { drill, skipChecks }: ReleaseContext,
  model: ModelPackage,
  stable: ModelPackage | null,
): string | null {
  if (stable && stable.project !== model.project) {
    return `production serves project ${stable.project}; releasing ${model.project} would take it away from its clients`;
  }
  if (drill && !stable)
    return "a rollback cannot be rehearsed before the first release: there is no stable version to go back to";
  if (skipChecks && (skipChecks === true || skipChecks.length > 0) && !drill) {
    return "checks can be left out of a drill only, which is never promoted";
  }
  // A drill may be made with the version that serves: it is never promoted.
  if (stable && !drill && stable.digest === model.digest) {
    return stable.version === model.version
      ? `version ${model.version} of ${model.project} is in production already`
      : `version ${model.version} of ${model.project} is the same package as version ${stable.version}, which is in production`;
  }
  return null;
}

async function released(context: ReleaseContext, work: Work, progress: Progress): Promise<Ending> {
  const { operator, project, drill, signal, http = callByFetch } = context;
  const { serving, models } = operator;
  const { model, stable } = work;
  const contents = await checked(context, work, progress);
  const failed = work.checks.filter(({ ok }) => !ok);
  if (!contents || failed.length > 0) {
    return { state: "refused", reasons: failed.map(({ check, message }) => `${check}: ${message}`) };
  }
  signal?.throwIfAborted();
  progress(drill ? `canary: version ${model.version} with faults put in` : `canary: version ${model.version}`);
  await work.step("deploy", 0, () => serving.deploy("canary", model, drill));
  signal?.throwIfAborted();
  if (stable) {
    const policy = context.environment.serving.production.canary;
    const { replayRate } = context;
    const asked = { ...(signal && { signal }), ...(replayRate && { replayRate }) };
    const canary = { serving, policy, stable, canary: model, contents, http, ...asked };
    const end = await runCanary(canary, async (step) => {
      work.steps.push(step);
      progress(`canary ${step.percent} %: ${step.decision}: ${step.reasons.join("; ")}`);
      const { percent, decision: outcome, reasons, window: details, startedAt, seconds } = step;
      await context.ledger.recordReleaseStep(work.release.id, {
        step: "canary",
        percent,
        outcome,
        reasons,
        details,
        startedAt,
        seconds,
      });
    });
    if (end.decision !== "promote" || drill) {
      await work.step("abort", 0, () => serving.abort());
      const unnoticed = "no rule noticed the faults that were put in; a drill is never promoted";
      return { state: "rolledBack", reasons: end.decision === "promote" ? [unnoticed] : end.reasons };
    }
  }
  signal?.throwIfAborted();
  // From here on there is no way back but a rollback: an interruption waits for the last word.
  await work.step("promote", 100, async () => {
    await serving.promote();
    await models.setAlias(project, "production", model.version);
  });
  progress(`version ${model.version} serves all requests`);
  const reasons = work.steps.at(-1)?.reasons ?? ["the first release: nothing was in production to compare with"];
  return { state: "promoted", reasons };
}

/** QA and its checks. Null when the package cannot be read: then that is the only check there is. */
async function checked(context: ReleaseContext, work: Work, progress: Progress): Promise<PackageContents | null> {
  const { operator, project, environment, signal, http, load } = context;
  const { model } = work;
  let contents: PackageContents | null = null;
  const read = await timed("package", async () => {
    contents = readPackage(model, await operator.models.readPackage(model));
    return { ok: true, message: "read", details: null };
  });
  if (!contents) {
    work.checks.push(read);
    return null;
  }
  progress(`qa: version ${model.version}`);
  const qa = await work.step("qa", null, () => operator.serving.deploy("qa", model));
  await operator.models.setAlias(project, "qa", model.version);
  const sample = (await operator.serving.samples()).find(({ role }) => role === "qa");
  const subject = {
    ...{ model, contents, url: qa.url, policy: environment.serving.checks, memoryBytes: sample?.memoryBytes ?? null },
    skip: context.skipChecks === true ? CHECKS : context.skipChecks || [],
    ...(signal && { signal }),
    ...(http && { http }),
    ...(load && { load }),
  };
  const startedAt = new Date().toISOString();
  const results = await runChecks(subject, (result) => {
    work.checks.push(result);
    progress(`check ${result.check}: ${result.ok ? "" : "failed: "}${result.message}`);
  });
  const ok = results.every((result) => result.ok);
  const reasons = results.filter((result) => !result.ok).map(({ check, message }) => `${check}: ${message}`);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  const entry = {
    step: "checks",
    percent: null,
    outcome: ok ? "passed" : "failed",
    reasons,
    details: results,
    startedAt,
    seconds,
  };
  await context.ledger.recordReleaseStep(work.release.id, entry);
  return contents;
}
