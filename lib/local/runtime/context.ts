/** Where the runtime of one estate finds things. */
import { createHash } from "node:crypto";
import path from "node:path";
import type { LayerDefinition } from "../parts";

/** What the runtime is told of the estate it operates. */
export interface RuntimeContext {
  /** Folder of the blueprint's package.json. */
  readonly codeRoot: string;
  /** Folder that holds `environments/`. */
  readonly workspace: string;
  /** Name of the environment, as commands take it. */
  readonly environment: string;
  /** The estate's directory, absolute. */
  readonly directory: string;
  /** Python of the virtual environment, absolute. */
  readonly python: string;
  /** What the config asks for; parts that are not deployed yet are told by it. */
  readonly definitions: readonly LayerDefinition[];
}

/** What may be left out of a {@link RuntimeContext}. */
export type RuntimeOptions = Omit<RuntimeContext, "python" | "definitions"> &
  Partial<Pick<RuntimeContext, "python" | "definitions">>;

/** Fills in the defaults: Python from `<codeRoot>/.mlops/python`, no definitions. */
export function runtimeContext(options: RuntimeOptions): RuntimeContext {
  return {
    ...options,
    python: options.python ?? path.join(options.codeRoot, ".mlops", "python", "bin", "python"),
    definitions: options.definitions ?? [],
  };
}

/** Every place in an estate's directory. */
export interface EstatePaths {
  readonly root: string;
  /** Marks the folder as an estate: `{version, environment}`. */
  readonly marker: string;
  readonly secrets: string;
  readonly pgpass: string;
  readonly layers: string;
  readonly state: string;
  readonly database: string;
  readonly serving: string;
  readonly slots: string;
  readonly traffic: string;
  /** The same again, for when that one is lost. */
  readonly trafficCopy: string;
  readonly supervisor: string;
  readonly supervisorConf: string;
  readonly supervisorPid: string;
  /** Where the control socket is: it may lie outside the estate, see `supervisor.ts`. */
  readonly supervisorAddress: string;
  readonly programs: string;
  readonly logs: string;
  readonly backups: string;
  readonly run: string;
}

/** Marks a folder as an estate, so that nothing else is ever taken for one and deleted. */
export interface EstateMarker {
  readonly version: 1;
  readonly environment: string;
}

/** Places in the estate at `root`. */
export function estatePaths(root: string): EstatePaths {
  const at = (...names: string[]) => path.join(root, ...names);
  return {
    root,
    marker: at("estate.json"),
    secrets: at("secrets.json"),
    pgpass: at("pgpass"),
    layers: at("layers"),
    state: at("state"),
    database: at("database"),
    serving: at("serving"),
    slots: at("serving", "slots"),
    traffic: at("serving", "traffic.json"),
    trafficCopy: at("serving", "traffic-copy.json"),
    supervisor: at("supervisor"),
    supervisorConf: at("supervisor", "supervisord.conf"),
    supervisorPid: at("supervisor", "supervisord.pid"),
    supervisorAddress: at("supervisor", "address.json"),
    programs: at("supervisor", "programs"),
    logs: at("logs"),
    backups: at("backups"),
    run: at("run"),
  };
}

/** First twelve hexadecimal digits of the SHA-256 of `text`: tells estates apart in names outside their folders. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** The command that makes everything run again, for texts. */
export function upCommand({ environment }: Pick<RuntimeContext, "environment">): string {
  return `mlops up ${environment}`;
}

/** The environment that every process of the estate starts with: small, the same whoever starts it, without secrets. */
export function baseEnvironment(context: Pick<RuntimeContext, "directory">): Record<string, string> {
  const { run } = estatePaths(context.directory);
  const system = ["/opt/homebrew/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  return {
    PATH: [path.dirname(process.execPath), ...system].join(":"),
    // Tools that want a home get one inside the estate: the person's own need not exist and is never written to.
    HOME: path.join(run, "home"),
    // Not the caller's: that may be gone tomorrow, and a change would start every program anew.
    TMPDIR: "/tmp",
    TZ: "UTC",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    PYTHONNOUSERSITE: "1",
    PYTHONUTF8: "1",
    MLOPS_ESTATE: context.directory,
  };
}
