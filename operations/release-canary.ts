/** The canary of a release: shift, replay, wait, look, decide; step by step until it may have all requests or none. */
import { setTimeout as sleep } from "node:timers/promises";
import type { IServing, ModelPackage, ServingRole, ServingSample } from "../lib/contracts/operator";
import { type CanaryDecision, type CanaryPolicy, type CanarySamples, decideCanary } from "./canary";
import type { Http } from "./http";
import type { PackageContents } from "./package";
import { type Replay, replay } from "./replay";
import { windowOf } from "./window";

export interface CanaryContext {
  readonly serving: Pick<IServing, "url" | "shift" | "samples">;
  readonly policy: CanaryPolicy;
  readonly stable: ModelPackage;
  readonly canary: ModelPackage;
  readonly contents: PackageContents;
  readonly http: Http;
  readonly signal?: AbortSignal;
  /** Requests a second that a replay begins at most. @default 200 */
  readonly replayRate?: number;
}

/** One look at a canary. */
export interface CanaryStep extends CanaryDecision {
  readonly percent: number;
  /** What the decision rests on. */
  readonly window: CanarySamples & Pick<Replay, "unpinned">;
  readonly startedAt: string;
  readonly seconds: number;
}

/** Goes through the steps; ends at the first rollback, or when the last step may be promoted. */
export async function runCanary(
  context: CanaryContext,
  onStep: (step: CanaryStep) => Promise<void>,
): Promise<CanaryDecision> {
  let last: CanaryDecision = { decision: "rollback", reasons: ["the policy has no steps"] };
  for (const percent of context.policy.steps) {
    context.signal?.throwIfAborted();
    await context.serving.shift(percent);
    last = await watch(context, percent, onStep);
    if (last.decision === "rollback") return last;
  }
  return last;
}

async function watch(
  context: CanaryContext,
  percent: number,
  onStep: (step: CanaryStep) => Promise<void>,
): Promise<CanaryDecision> {
  const { policy, serving, signal } = context;
  const begun = performance.now();
  let before = await scrape(serving);
  for (;;) {
    const startedAt = new Date().toISOString();
    const started = performance.now();
    const { ab, unpinned } = await replayed(context);
    const rest = policy.intervalSeconds * 1000 - (performance.now() - started);
    if (rest > 0) await sleep(rest, undefined, { signal });
    const after = await scrape(serving);
    const between = (role: ServingRole, { version }: ModelPackage) =>
      windowOf(find(before, role, version), find(after, role, version));
    const samples: CanarySamples = {
      stable: between("stable", context.stable),
      canary: between("canary", context.canary),
      ab,
      elapsedSeconds: (performance.now() - begun) / 1000,
    };
    const decision = decideCanary(samples, policy);
    const seconds = (performance.now() - started) / 1000;
    await onStep({ percent, ...decision, window: { ...samples, unpinned }, startedAt, seconds });
    if (decision.decision !== "hold") return decision;
    // The window grows while it is held; only one that is worthless begins anew.
    if (!samples.stable.window || !samples.canary.window) before = after;
  }
}

function replayed(context: CanaryContext): Promise<Replay> {
  const { serving, canary, stable, contents, policy, http, signal, replayRate } = context;
  return replay({
    url: serving.url,
    project: canary.project,
    contents,
    versions: { stable: stable.version, canary: canary.version },
    minSamples: policy.minSamples,
    http,
    ...(signal && { signal }),
    ...(replayRate && { rate: replayRate }),
  });
}

/** A platform that cannot be asked gives no samples, which holds the canary; it does not end the release. */
const scrape = (serving: CanaryContext["serving"]): Promise<readonly ServingSample[]> =>
  serving.samples().catch(() => []);

const find = (samples: readonly ServingSample[], role: ServingRole, version: string) =>
  samples.find((sample) => sample.role === role && sample.version === version);
