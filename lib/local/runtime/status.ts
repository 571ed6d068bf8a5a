/** What stands, what runs and what happened: read from files, the supervisor and the parts themselves, in under a second. */
import { stat } from "node:fs/promises";
import path from "node:path";
import type { PartStatus } from "../../contracts/operator";
import { estatePaths, type RuntimeContext, upCommand } from "./context";
import { type History, parseEvents } from "./events";
import { exists, readJson, readText, tailText } from "./files";
import { addressOf, type Health, probe } from "./health";
import { deployedLayers, type PlacedPart, partsOf } from "./layers";
import type { Census } from "./leftovers";
import type { PostgresAccount } from "./postgres-account";
import { startedAt } from "./processes";
import { isProgramPart, type ProgramPart } from "./programs";
import { readSecrets } from "./secrets";
import { type SupervisedProgram, Supervisor } from "./supervisor";

/** How much of the supervisor's log is read: some thousand events. */
const LOG_BYTES = 512 * 1024;

interface Findings {
  readonly context: RuntimeContext;
  readonly census: Census;
  /** Null when the supervisor does not answer. */
  readonly programs: readonly SupervisedProgram[] | null;
  readonly histories: ReadonlyMap<string, History>;
  /** A pid file without its process: the supervisor was killed. */
  readonly killed: boolean;
  readonly secrets: Readonly<Record<string, string>>;
  readonly account: PostgresAccount | null;
}

/** Every part of the estate, deployed or only configured, after the supervisor that looks after them. */
export async function estateStatus(context: RuntimeContext): Promise<PartStatus[]> {
  const { directory } = context;
  const paths = estatePaths(directory);
  const supervisor = new Supervisor(context);
  const deployed = partsOf(deployedLayers(directory));
  const [census, programs, log, pidFile, secrets, account] = await Promise.all([
    supervisor.census(),
    supervisor.programs(),
    tailText(path.join(paths.logs, "supervisor.log"), LOG_BYTES),
    readText(paths.supervisorPid),
    readSecrets(directory).catch(() => ({})),
    readJson<PostgresAccount>(path.join(paths.root, "database.json")).catch(() => null),
  ]);
  const killed = pidFile !== null && census.supervisor === null;
  const findings: Findings = { context, census, programs, histories: parseEvents(log), killed, secrets, account };
  const names = new Set(deployed.map(({ part }) => part.name));
  const missing = partsOf(context.definitions).filter(({ part }) => !names.has(part.name));
  const rows = await Promise.all(deployed.map((placed) => partStatus(placed, findings)));
  const own =
    deployed.some(({ part }) => isProgramPart(part)) || census.supervisor ? [await supervisorStatus(findings)] : [];
  return [...own, ...rows, ...missing.map((placed) => absent(placed, context))];
}

function absent({ layer, part }: PlacedPart, context: RuntimeContext): PartStatus {
  const detail = `not deployed; \`mlops deploy ${context.environment} --layer ${layer}\` does`;
  return { ...nothing(part.name, layer), state: "absent", detail };
}

function nothing(part: string, layer: string): PartStatus {
  const empty = { address: null, version: null, since: null, restarts: 0, lastExit: null, detail: null };
  return { part, layer, state: "stopped", healthy: false, ...empty };
}

async function supervisorStatus({ context, census, programs, killed }: Findings): Promise<PartStatus> {
  const base = nothing("supervisor", "foundation");
  const { supervisor, leftovers } = census;
  if (supervisor) {
    const since = (await startedAt(supervisor.pid))?.toISOString() ?? null;
    const healthy = programs !== null;
    return { ...base, state: "running", healthy, since, detail: healthy ? null : unreachable(context) };
  }
  if (!killed) return base;
  const left = leftovers.length > 0 ? `; ${leftovers.length} processes go on without it` : "";
  return {
    ...base,
    state: "failed",
    detail: `it was killed${left}; \`${upCommand(context)}\` ends what is left and starts anew`,
  };
}

function unreachable(context: RuntimeContext): string {
  return `it lives but does not answer on its socket; \`${upCommand(context)}\` ends it and starts anew`;
}

async function partStatus(placed: PlacedPart, findings: Findings): Promise<PartStatus> {
  const { part, layer } = placed;
  if (isProgramPart(part)) return programStatus(part, layer, findings);
  const { directory } = findings.context;
  const places = {
    directory: () => (part.kind === "directory" ? part.path : ""),
    secrets: () => "secrets.json",
    orchestrator: () => (part.kind === "orchestrator" ? part.runs : ""),
  };
  const place = path.join(directory, places[part.kind]());
  const info = await stat(place).catch(() => null);
  const base = { ...nothing(part.name, layer), address: place };
  if (!info) return { ...base, state: "failed", detail: `missing; \`${upCommand(findings.context)}\` makes it again` };
  return { ...base, state: "running", healthy: true, since: info.birthtime.toISOString() };
}

async function programStatus(part: ProgramPart, layer: string, findings: Findings): Promise<PartStatus> {
  const { context, census, programs, histories, secrets } = findings;
  const seen = programs?.find(({ name }) => name === part.name);
  const history = histories.get(part.name);
  const left = census.leftovers.filter((info) => info.part === part.name);
  // A supervisor that cannot be asked may well have it running.
  const unknown = programs === null && census.supervisor !== null;
  const health = (seen && seen.pid > 0) || left.length > 0 || unknown ? await probe(part, secrets) : null;
  const base: PartStatus = {
    ...nothing(part.name, layer),
    address: addressOf(part),
    version: health?.version ?? null,
    healthy: health?.healthy ?? false,
    restarts: history?.restarts ?? 0,
    lastExit: history?.lastExit ?? null,
  };
  if (left.length > 0) {
    const since = (await startedAt(left[0]?.pid ?? 0))?.toISOString() ?? null;
    const detail = `runs without its supervisor; \`${upCommand(context)}\` ends it and starts it anew`;
    return { ...base, state: "running", since, detail };
  }
  const since = seen && seen.pid > 0 && seen.start > 0 ? new Date(seen.start * 1_000).toISOString() : null;
  const state = unknown && base.healthy ? "running" : stateOf(seen, base.healthy, findings.killed);
  return { ...base, state, since, detail: await detailOf(part, state, health, findings) };
}

/** A program's state in the words of the contract. */
export function stateOf(
  seen: Pick<SupervisedProgram, "state"> | undefined,
  healthy: boolean,
  supervisorKilled: boolean,
): PartStatus["state"] {
  switch (seen?.state) {
    case "RUNNING":
    case "STARTING":
      return healthy ? "running" : "starting";
    case "BACKOFF":
      return "starting";
    case "FATAL":
    case "UNKNOWN":
      return "failed";
    case undefined:
      return supervisorKilled ? "failed" : "stopped";
    default:
      return "stopped";
  }
}

async function detailOf(
  part: ProgramPart,
  state: PartStatus["state"],
  health: Health | null,
  { context, killed, account, programs }: Findings,
): Promise<string | null> {
  const log = path.join(estatePaths(context.directory).logs, `${part.name}.log`);
  if (state === "failed" && killed && !programs)
    return `ended with its supervisor; \`${upCommand(context)}\` starts it`;
  if (state === "failed") return `given up on; read ${log}, then \`${upCommand(context)}\``;
  if (state === "starting")
    return health?.detail ?? ((await exists(log)) ? `does not answer yet; its log is ${log}` : null);
  if (state === "stopped") return part.kind === "notebooks" ? `\`${upCommand(context)}\` starts it` : null;
  if (part.kind === "database" && account?.kind === "system") {
    return `data and programs in ${account.folder}, run by ${account.user}: user namespaces do not work here`;
  }
  if (part.kind === "database" && account?.kind === "namespace") return `run as ${account.user} in a user namespace`;
  return health?.detail ?? null;
}
