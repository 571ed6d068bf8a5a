/**
 * Requests a release makes itself while a canary is watched: the labelled holdout to both versions, pinned by header,
 * and the same inputs unpinned, so that the weights are at work and both versions have something to answer.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { AbComparison, AbSide } from "./canary";
import { type Http, predictBody, predictionsIn, predictUrl } from "./http";
import { metricOver } from "./metrics";
import type { PackageContents } from "./package";

/** Request header that pins a request to one version at the gateway. */
export const ROLE_HEADER = "x-mlops-role";

/** Requests a second that a replay begins at most. */
const RATE = 200;
/** Rows under way at once. */
const AT_ONCE = 4;
/** Seconds after which a replay ends with what it has: a slow canary must not hold up the judgement on it. */
const MAX_SECONDS = 30;
/** Labelled rows that are replayed at most. */
const MAX_ROWS = 2000;

export interface ReplayContext {
  /** Address of the gateway. */
  readonly url: string;
  readonly project: string;
  readonly contents: Pick<PackageContents, "holdout" | "manifest">;
  /** Version each role serves: an answer by another one does not count for it. */
  readonly versions: { readonly stable: string; readonly canary: string };
  /** Requests each role shall get at least. */
  readonly minSamples: number;
  readonly http: Http;
  readonly signal?: AbortSignal;
  /** Requests a second. @default 200 */
  readonly rate?: number;
  /** @default 30 */
  readonly maxSeconds?: number;
}

/** What a replay saw. */
export interface Replay {
  readonly ab: AbComparison;
  /** Unpinned requests, and how many of them the canary answered. */
  readonly unpinned: { readonly sent: number; readonly answered: number; readonly canary: number };
}

type Role = "stable" | "canary";

/**
 * Replays once: every labelled row to both versions, more of them until both have enough, and half as many unpinned.
 * The metric of both is taken over the rows that both answered.
 */
export async function replay(context: ReplayContext): Promise<Replay> {
  const { contents, minSamples, signal } = context;
  const rows = contents.holdout.instances.slice(0, MAX_ROWS);
  const rounds = Math.max(rows.length, minSamples);
  const answers: Record<Role, (number | null)[]> = { stable: [], canary: [] };
  const unpinned = { sent: 0, answered: 0, canary: 0 };
  const pace = pacer(context.rate ?? RATE);
  const deadline = performance.now() + (context.maxSeconds ?? MAX_SECONDS) * 1000;
  let next = 0;
  const worker = async () => {
    for (let round = next++; round < rounds && performance.now() < deadline; round = next++) {
      await pace(round % 2 === 0 ? 3 : 2, signal);
      const instance = rows[round % rows.length];
      const pinned = (["stable", "canary"] as const).map(async (role) => {
        const value = await ask(context, instance, role);
        if (round < rows.length) answers[role][round] = value;
      });
      await Promise.all([...pinned, round % 2 === 0 ? askUnpinned(context, instance, unpinned) : undefined]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { name, direction } = contents.manifest.metric;
  const { labels } = contents.holdout;
  const both = labels.flatMap((_, row) =>
    isNumber(answers.stable[row]) && isNumber(answers.canary[row]) ? [row] : [],
  );
  const side = (role: Role): AbSide => ({
    sent: answers[role].filter((answer) => answer !== undefined).length,
    answered: answers[role].filter(isNumber).length,
    samples: both.length,
    value: metricOver(
      name,
      both.map((row) => answers[role][row] ?? Number.NaN),
      both.map((row) => labels[row] ?? Number.NaN),
    ),
  });
  return {
    ab: { source: "holdout", metric: name, direction, stable: side("stable"), canary: side("canary") },
    unpinned,
  };
}

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Waits so that no more than `rate` requests a second begin. */
function pacer(rate: number) {
  const started = performance.now();
  let begun = 0;
  return async (requests: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    const ahead = (begun / rate) * 1000 - (performance.now() - started);
    begun += requests;
    if (ahead > 1) await sleep(ahead, undefined, { signal });
  };
}

/** The prediction of a pinned request; null when this version gave none. */
async function ask(context: ReplayContext, instance: unknown, role: Role): Promise<number | null> {
  const answer = await send(context, instance, { [ROLE_HEADER]: role });
  const [prediction] = (answer && predictionsIn(answer, 1)) ?? [];
  return answer?.headers["x-model-version"] === context.versions[role] ? (prediction ?? null) : null;
}

async function askUnpinned(context: ReplayContext, instance: unknown, count: Record<keyof Replay["unpinned"], number>) {
  count.sent += 1;
  const answer = await send(context, instance, {});
  if (!answer || !predictionsIn(answer, 1)) return;
  count.answered += 1;
  const { [ROLE_HEADER]: role, "x-model-version": version } = answer.headers;
  // The gateway tells the role; another one may tell the version only.
  if (role ? role === "canary" : version === context.versions.canary) count.canary += 1;
}

async function send({ url, project, http, signal }: ReplayContext, instance: unknown, extra: Record<string, string>) {
  const headers = { "content-type": "application/json", ...extra };
  const request = {
    method: "POST",
    url: predictUrl(url, project),
    headers,
    body: predictBody([instance]),
    signal,
  } as const;
  const answer = await http(request).catch(() => null);
  signal?.throwIfAborted();
  return answer;
}
