/**
 * How a built estate is operated: the same verbs on every cloud. Constructs say what an estate is; an operator looks at
 * the one that stands and moves what a release owns (model versions, traffic weights). No operator imports the engine.
 */
import type { DatabaseName } from "./metadata-database";

/** One thing of the estate that runs or should run. */
export interface PartStatus {
  readonly part: string;
  readonly layer: string;
  /** `absent`: not deployed. `failed`: it was given up on. */
  readonly state: "running" | "starting" | "stopped" | "failed" | "absent";
  /** It answers as it should. */
  readonly healthy: boolean;
  readonly address: string | null;
  readonly version: string | null;
  /** When the present process or object started, ISO 8601. */
  readonly since: string | null;
  readonly restarts: number;
  /** How it ended last, in words: `killed by SIGKILL at 2026-11-20T12:00:00Z`. */
  readonly lastExit: string | null;
  /** What a person should know, with the next step. */
  readonly detail: string | null;
}

/** What reconciling did to one part. */
export interface PartChange {
  readonly part: string;
  readonly change: "started" | "restarted" | "stopped" | "created" | "unchanged" | "adopted";
}

/** Tells what goes on, for people: one short line a call. */
export type Progress = (message: string) => void;

/** A model version as it travels between environments. */
export interface ModelPackage {
  readonly project: string;
  /** Version in the model registry. */
  readonly version: string;
  /** Where the package lies: a folder or an object prefix. */
  readonly uri: string;
  /** `sha256:` and 64 hexadecimal digits over the package's files. */
  readonly digest: string;
}

/** Faults put into a canary on purpose, to rehearse a rollback. */
export interface Drill {
  /** Added to every answer, in milliseconds. @default 0 */
  readonly latencyMs?: number;
  /** Share of requests answered with 500, 0 to 1. @default 0 */
  readonly errorRate?: number;
}

/** What a place serves: the check before production, all or part of the clients' requests, or nothing. */
export type ServingRole = "qa" | "stable" | "canary" | "idle";

/** A place a model version is served from. */
export interface Deployment {
  readonly slot: string;
  readonly role: ServingRole;
  readonly url: string;
  readonly model: ModelPackage | null;
}

/** Counters of one deployment since its start, as a Prometheus scrape gives them. */
export interface ServingSample {
  readonly role: ServingRole;
  readonly version: string;
  /** When it was read, ISO 8601. */
  readonly at: string;
  /** When the process that counts started, ISO 8601: tells a restart from a quiet minute. Null when not known. @default null */
  readonly startedAt?: string | null;
  readonly requests: number;
  /** Requests that ended in a 5xx or in no answer. */
  readonly errors: number;
  /** Cumulative histogram of latency: requests answered within `le` seconds; the last `le` is Infinity. */
  readonly latency: readonly { readonly le: number; readonly count: number }[];
  readonly cpuSeconds: number | null;
  readonly memoryBytes: number | null;
  readonly diskFreeBytes: number | null;
}

/** The part of serving that a release owns. */
export interface IServing {
  /** Where clients call. */
  readonly url: string;
  deployments(): Promise<readonly Deployment[]>;
  /** Serves a model version in QA or as canary; resolves when it answers ready with exactly that version. */
  deploy(target: "qa" | "canary", model: ModelPackage, drill?: Drill): Promise<Deployment>;
  /** Sends this percentage of requests to the canary; resolves when the gateway works so. */
  shift(canaryPercent: number): Promise<void>;
  /** The canary becomes stable and takes all requests; the former stable becomes idle. */
  promote(): Promise<void>;
  /** All requests go to stable at once. */
  abort(): Promise<void>;
  samples(): Promise<readonly ServingSample[]>;
}

/** A pipeline run that is asked for. */
export interface PipelineRequest {
  readonly project: string;
  /** Folder of the project. */
  readonly directory: string;
  readonly runId: string;
  /** Values that override the project's settings. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Why it was started: `manual`, `schedule`, `new-data`, `drift`, `performance`, `code`. */
  readonly reason: string;
}

/** Something that happened to a step of a run. */
export interface StepEvent {
  readonly step: string;
  readonly state: "started" | "succeeded" | "cached" | "failed";
  /** How long it took. @default - it goes on */
  readonly seconds?: number;
  /** @default - nothing to say */
  readonly message?: string;
}

/** What a finished pipeline run says of itself. */
export interface PipelineResult {
  readonly runId: string;
  readonly state: "succeeded" | "failed";
  readonly blessed: boolean;
  /** Why it was blessed or not, why it was registered or not. */
  readonly reasons: readonly string[];
  /** Registered model version; null when none was registered. */
  readonly version: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  /** Run of the experiment tracker. */
  readonly trackingRunId: string | null;
  /** Why it failed, with `state: "failed"`. @default - it did not */
  readonly error?: string;
}

/** Runs a project's pipeline to its end. */
export interface IPipelineRunner {
  run(request: PipelineRequest, onStep: (event: StepEvent) => void, signal?: AbortSignal): Promise<PipelineResult>;
}

/** Reads and marks model versions. */
export interface IModelVersions {
  get(project: string, version: string): Promise<ModelPackage & { readonly tags: Readonly<Record<string, string>> }>;
  /** The version an alias points at; null when there is none. */
  byAlias(project: string, alias: string): Promise<string | null>;
  setAlias(project: string, alias: string, version: string): Promise<void>;
  latest(project: string): Promise<string | null>;
  /**
   * Every file of a package as it lies there now, by POSIX path inside the package. Bytes, so that the digest can be
   * computed again.
   */
  readPackage(model: ModelPackage): Promise<Readonly<Record<string, Uint8Array>>>;
}

/** How a program logs in to a database of the estate. Holds the password: never to be printed. */
export interface DatabaseConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: DatabaseName;
  readonly password: string;
}

/** Verbs, and groups of them, that an operator may lack. Everything else every operator has. */
export type OperatorVerb = "stop" | "purge" | "backup" | "restore" | "ledger" | "serving" | "pipelines" | "models";

/** Why something cannot be done on a cloud, and what does it instead. */
export interface Unavailable {
  /** `nothing is stopped for a while here`. */
  readonly message: string;
  /** The command, or the page, that does it. */
  readonly fix: string;
}

/** What can be done with an estate that stands. */
export interface IOperator {
  /** What this operator cannot do: calling it throws the same as a UserError. @default - it can do everything */
  readonly unavailable?: Readonly<Partial<Record<OperatorVerb, Unavailable>>>;
  status(): Promise<readonly PartStatus[]>;
  /** Makes what runs equal to what is deployed: starts, restarts what changed, ends what is gone or was left behind. */
  reconcile(progress: Progress): Promise<readonly PartChange[]>;
  /** Stops everything that runs; data stays. */
  stop(progress: Progress): Promise<void>;
  /** Deletes the data of an estate that is stopped. */
  purge(): Promise<void>;
  /** What must be right before a deployment is tried. One entry per check. */
  doctor(): Promise<readonly Check[]>;
  backup(progress: Progress): Promise<{ readonly path: string; readonly bytes: number }>;
  restore(path: string, progress: Progress): Promise<void>;
  /** How to reach a database; the verb `ledger`. */
  database(name: DatabaseName): Promise<DatabaseConnection>;
  readonly serving: IServing;
  readonly pipelines: IPipelineRunner;
  readonly models: IModelVersions;
}

/** What one of the doctor's checks found. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
  /** What to do when it is not ok, or about the warning. */
  readonly fix: string | null;
  /** It is ok, but a person should know. @default false */
  readonly warning?: boolean;
}
