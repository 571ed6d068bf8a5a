/** From parts to programs: what is run, how it is stopped, and what its files' digest is. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type {
  GatewayPart,
  ModelServerPart,
  NotebooksPart,
  PartDefinition,
  SchedulerPart,
  TrackingPart,
} from "../parts";
import { baseEnvironment, estatePaths, type RuntimeContext } from "./context";
import type { PlacedPart } from "./layers";
import { type Postgres, serverCommand } from "./postgres";
import type { ProgramSettings } from "./supervisor-conf";

/** What launch.py reads. Holds no secret. */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly account: { readonly uid: number; readonly gid: number } | null;
  /** PostgreSQL's lock file. */
  readonly pidFile: string | null;
}

/** A part that is a process. */
export type ProgramPart = Exclude<PartDefinition, { kind: "directory" | "secrets" | "orchestrator" }>;

/** One program of the estate. */
export interface Program extends ProgramSettings {
  readonly layer: string;
  readonly part: ProgramPart;
  readonly port: number;
  readonly launch: Launch;
  /** Programs that must answer before this one is started. */
  readonly after: readonly string[];
}

/** Whether a part is a process. */
export function isProgramPart(part: PartDefinition): part is ProgramPart {
  return part.kind !== "directory" && part.kind !== "secrets" && part.kind !== "orchestrator";
}

/** The programs of some parts. @param postgres needed when there is a database among them. */
export async function programsOf(
  context: RuntimeContext,
  parts: readonly PlacedPart[],
  postgres: Postgres | null,
): Promise<Program[]> {
  const names = new Set(parts.map(({ part }) => part.name));
  const programs: Program[] = [];
  for (const { layer, part } of parts) {
    if (!isProgramPart(part)) continue;
    const { launch, ...settings } = describe(context, part, postgres);
    const code = await digestOf(context.codeRoot, SOURCES[part.kind]);
    programs.push({
      ...settings,
      name: part.name,
      layer,
      part,
      port: part.port,
      launch,
      after: part.kind === "tracking" && names.has("database") ? ["database"] : [],
      digest: createHash("sha256")
        .update(JSON.stringify([part, launch, code]))
        .digest("hex")
        .slice(0, 16),
    });
  }
  return programs;
}

interface Description extends Pick<Program, "stopSignal" | "stopGroup" | "stopSeconds" | "mayEnd"> {
  readonly launch: Launch;
}

const inRuntime = (...names: string[]) => names.map((name) => `lib/local/runtime/${name}`);

/**
 * Files and folders of the blueprint that a program is made of, what it imports and what is installed for it included: it
 * is started anew when they change. Not launch.py, which has ended by the time a program runs.
 */
export const SOURCES: Readonly<Record<ProgramPart["kind"], readonly string[]>> = {
  database: [],
  tracking: ["pipelines/requirements.txt"],
  notebooks: ["pipelines/requirements-notebooks.txt"],
  scheduler: [...inRuntime("scheduler.cjs", "scheduler-program.ts", "log-pipe.ts"), "package-lock.json"],
  modelServer: [
    "pipelines/serving",
    ...["scorer", "features", "contracts", "digests", "documents", "errors", "__init__"].map(
      (name) => `pipelines/steps/${name}.py`,
    ),
    "pipelines/requirements.txt",
  ],
  gateway: [
    ...inRuntime("gateway.cjs", "gateway.ts", "gateway-server.ts", "gateway-traffic.ts", "gateway-metrics.ts"),
    ...inRuntime("log-pipe.ts"),
    "lib/core/errors.ts",
    "package-lock.json",
  ],
};

/** How most programs are stopped: asked together with their children, killed after ten seconds. */
const ORDINARY = { stopSignal: "TERM", stopGroup: true, stopSeconds: 10, mayEnd: false } as const;

function describe(context: RuntimeContext, part: ProgramPart, postgres: Postgres | null): Description {
  switch (part.kind) {
    case "database": {
      if (!postgres) throw new Error("PostgreSQL was not looked for");
      const { argv, uid, gid } = serverCommand(postgres, part, context.directory);
      return {
        // Fast shutdown: connections are closed, data is written. Its workers have sessions of their own.
        stopSignal: "INT",
        stopGroup: false,
        stopSeconds: 60,
        mayEnd: false,
        launch: {
          argv,
          env: baseEnvironment(context),
          cwd: postgres.data,
          account: uid !== undefined && gid !== undefined ? { uid, gid } : null,
          pidFile: path.join(postgres.data, "postmaster.pid"),
        },
      };
    }
    case "tracking":
      return { ...ORDINARY, launch: tracking(context, part) };
    case "notebooks":
      return { ...ORDINARY, mayEnd: true, launch: notebooks(context, part) };
    case "scheduler":
      return { ...ORDINARY, launch: scheduler(context, part) };
    case "modelServer":
      return { ...ORDINARY, launch: modelServer(context, part) };
    case "gateway":
      return { ...ORDINARY, launch: gateway(context, part) };
    default:
      return part satisfies never;
  }
}

/** One thread a library: the servers answer small requests and share the machine. */
const SINGLE_THREADED = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** What MLflow's clients and server should not do on this machine: phone home, look for git. */
export const MLFLOW_ENVIRONMENT = {
  MLFLOW_DISABLE_TELEMETRY: "true",
  DO_NOT_TRACK: "true",
  GIT_PYTHON_REFRESH: "quiet",
};

function launchOf(context: RuntimeContext, argv: readonly string[], env: Record<string, string>, cwd?: string): Launch {
  return {
    argv,
    env: { ...baseEnvironment(context), ...env },
    cwd: cwd ?? context.directory,
    account: null,
    pidFile: null,
  };
}

function tracking(context: RuntimeContext, part: TrackingPart): Launch {
  const { directory, python } = context;
  const { pgpass, run } = estatePaths(directory);
  const argv = [
    ...[python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", `${part.port}`, "--workers", "1"],
    // No password here: libpq takes it from PGPASSFILE.
    ...[
      "--backend-store-uri",
      `postgresql+psycopg2://${part.database}@127.0.0.1:${part.databasePort}/${part.database}`,
    ],
    ...["--serve-artifacts", "--artifacts-destination", path.join(directory, part.artifacts)],
    ...["--allowed-hosts", `127.0.0.1:${part.port},localhost:${part.port}`],
    ...["--cors-allowed-origins", `http://127.0.0.1:${part.port},http://localhost:${part.port}`],
  ];
  const env = { PGPASSFILE: pgpass, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" };
  return launchOf(context, argv, { ...MLFLOW_ENVIRONMENT, ...SINGLE_THREADED, ...env }, run);
}

function notebooks(context: RuntimeContext, part: NotebooksPart): Launch {
  const { run } = estatePaths(context.directory);
  // The token, the port and the idle limits stand in a 0600 file: a command line is everybody's to read.
  const argv = [context.python, "-m", "jupyterlab", `--config=${jupyterConfig(context.directory)}`];
  const env = {
    JUPYTER_RUNTIME_DIR: path.join(run, "jupyter"),
    JUPYTER_CONFIG_DIR: path.join(run, "jupyter"),
    JUPYTER_DATA_DIR: path.join(run, "jupyter", "data"),
    IPYTHONDIR: path.join(run, "jupyter", "ipython"),
    PYTHONPATH: path.join(context.codeRoot, "pipelines"),
    MLOPS_NOTEBOOKS_PORT: `${part.port}`,
  };
  return launchOf(context, argv, { ...MLFLOW_ENVIRONMENT, ...env }, context.workspace);
}

/** Jupyter's configuration file. */
export function jupyterConfig(directory: string): string {
  return path.join(estatePaths(directory).run, "jupyter", "jupyter_server_config.json");
}

/** The scheduler's file: which project is started when. */
export function schedulesFile(directory: string): string {
  return path.join(estatePaths(directory).run, "schedules.json");
}

function scheduler(context: RuntimeContext, part: SchedulerPart): Launch {
  const argv = [
    ...[process.execPath, path.join(context.codeRoot, "lib", "local", "runtime", "scheduler.cjs")],
    ...["--port", `${part.port}`, "--schedules", schedulesFile(context.directory)],
    ...["--workspace", context.workspace, "--environment", context.environment],
  ];
  return launchOf(context, argv, {});
}

function modelServer(context: RuntimeContext, part: ModelServerPart): Launch {
  const pipelines = path.join(context.codeRoot, "pipelines");
  const argv = [
    ...[context.python, "-m", "serving", "--port", `${part.port}`, "--slot", part.name],
    ...["--slot-file", slotFile(context.directory, part.name)],
    ...["--log-directory", path.join(context.directory, part.logs)],
  ];
  return launchOf(context, argv, { ...SINGLE_THREADED, PYTHONPATH: pipelines }, pipelines);
}

/** The file that says which model version a slot serves. */
export function slotFile(directory: string, slot: string): string {
  return path.join(estatePaths(directory).slots, `${slot}.json`);
}

function gateway(context: RuntimeContext, part: GatewayPart): Launch {
  const argv = [
    ...[process.execPath, path.join(context.codeRoot, "lib", "local", "runtime", "gateway.cjs")],
    ...["--port", `${part.port}`, "--traffic-file", estatePaths(context.directory).traffic],
    ...part.slots.flatMap(({ name, port }) => ["--slot", `${name}=${port}`]),
  ];
  return launchOf(context, argv, {});
}

/** Threads a pipeline step may use: all cores. */
export function pipelineThreads(): Record<string, string> {
  const cores = `${os.availableParallelism()}`;
  return { OMP_NUM_THREADS: cores, OPENBLAS_NUM_THREADS: cores, MKL_NUM_THREADS: cores };
}

/** SHA-256 over the names and bytes of files and of the sources in folders; what is missing counts as missing. */
async function digestOf(root: string, sources: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    const names = await readdir(path.join(root, source)).catch(() => null);
    const files = names
      ? names
          .filter((name) => /\.(py|json)$/.test(name))
          .sort()
          .map((name) => `${source}/${name}`)
      : [source];
    for (const file of files) {
      hash.update(`${file}\0`).update(await readFile(path.join(root, file)).catch(() => "missing"));
    }
  }
  return hash.digest("hex");
}
