/** What is released and whether it must be: the newest candidate, unless it serves already or was turned down. */
import type { Environment } from "../environments/schema";
import type { IOperator } from "../lib/contracts/operator";
import type { Ledger, ReleaseRecord, ReleaseState } from "../operations/ledger";
import type { ReleaseEnd } from "../operations/release-report";

/** How a release ended, in words. */
export const ENDINGS: Readonly<Record<ReleaseEnd, string>> = {
  promoted: "in production",
  rolledBack: "rolled back",
  refused: "refused",
  failed: "failed",
  interrupted: "interrupted",
};

/** Ends of a release that say something about the version; the others may be the machine's fault. */
const TURNED_DOWN: Readonly<Partial<Record<ReleaseState, string>>> = {
  refused: ENDINGS.refused,
  rolledBack: ENDINGS.rolledBack,
};

/** A person went back from this version, which had passed everything. */
const takesBack = ({ kind, state, previous }: ReleaseRecord, version: string) =>
  kind === "rollback" && state === "promoted" && previous === version;

/** Whether there is something to release. */
export interface ReleaseNeed {
  /** Version to release; null when there is nothing to do. */
  readonly version: string | null;
  /** Why, or why not, in a few words. */
  readonly reason: string;
  /** Version that serves now. */
  readonly serving: string | null;
}

interface NeedInput {
  readonly operator: IOperator;
  readonly ledger: Ledger;
  readonly environment: Environment;
  readonly project: string;
  /** A person asks: a version that was turned down is tried again. @default false */
  readonly again?: boolean;
}

/** Looks at the registry, at what serves and at what releases came to. */
export async function releaseNeed({
  operator,
  ledger,
  environment,
  project,
  again = false,
}: NeedInput): Promise<ReleaseNeed> {
  const [deployments, candidate, production] = await Promise.all([
    operator.serving.deployments(),
    operator.models.byAlias(project, "candidate"),
    operator.models.byAlias(project, "production"),
  ]);
  const stable = deployments.find(({ role }) => role === "stable")?.model ?? null;
  const serving = stable?.project === project ? stable.version : null;
  const wanted = candidate ?? production;
  if (wanted === null) return { version: null, reason: "no model version is registered", serving };
  if (wanted === serving) return { version: null, reason: `version ${wanted} is in production`, serving };
  const releases = await ledger.releases({ environment: environment.name, project, limit: 100 });
  const last = releases.find(
    (release) => takesBack(release, wanted) || (release.version === wanted && release.drill === null),
  );
  const verdict = last && (takesBack(last, wanted) ? "taken back" : TURNED_DOWN[last.state]);
  if (verdict === undefined || again)
    return { version: wanted, reason: `version ${wanted} is newer than what serves`, serving };
  const why = `version ${wanted} was ${verdict}: ${last?.reasons[0] ?? "no reason kept"}`;
  if (serving !== null) return { version: null, reason: why, serving };
  // Nothing serves: what was good before comes back; when there never was anything, the verdict may have been the machine's.
  return production === null || production === wanted
    ? { version: wanted, reason: `${why}; nothing else serves, so it is tried again`, serving }
    : { version: production, reason: `${why}; version ${production} comes back`, serving };
}
