/**
 * The parts of a local estate as data. Constructs write them, Terraform records them, the runtime makes them real.
 * Plain JSON: no functions, no secrets, no absolute paths but those a person configured.
 */
import type { PredictionLogging } from "../contracts/serving";
import { sha256, stableJson } from "../core/hash";

/** A folder: a bucket of the estate. Path relative to the estate's directory. */
export interface DirectoryPart {
  readonly kind: "directory";
  readonly name: string;
  readonly path: string;
}

/** Secrets in one file with mode 0600; missing ones are made up at random, present ones are kept. */
export interface SecretsPart {
  readonly kind: "secrets";
  readonly name: "secrets";
  readonly secrets: readonly string[];
}

/** PostgreSQL on 127.0.0.1. */
export interface DatabasePart {
  readonly kind: "database";
  readonly name: "database";
  readonly port: number;
  readonly databases: readonly string[];
  /** MiB. */
  readonly sharedBuffers: number;
  readonly maxConnections: number;
}

/** MLflow server: tracking, model registry and artifacts, on the database. */
export interface TrackingPart {
  readonly kind: "tracking";
  readonly name: "tracking";
  readonly port: number;
  readonly databasePort: number;
  readonly database: string;
  /** Folder of the artifacts, relative to the estate's directory. */
  readonly artifacts: string;
}

/** Where pipelines run: kfp's local runner. No process of its own. */
export interface OrchestratorPart {
  readonly kind: "orchestrator";
  readonly name: "orchestrator";
  /** Folders relative to the estate's directory. */
  readonly runs: string;
  readonly cache: string;
  readonly packages: string;
}

/** Jupyter. */
export interface NotebooksPart {
  readonly kind: "notebooks";
  readonly name: "notebooks";
  readonly port: number;
  readonly idleShutdownMinutes: number;
}

/** Starts pipelines at set times. */
export interface SchedulerPart {
  readonly kind: "scheduler";
  readonly name: "scheduler";
  readonly port: number;
  readonly schedules: readonly { readonly project: string; readonly cron: string; readonly timeZone: string }[];
}

/** One scoring process. Which model it serves is the release's business, not Terraform's. */
export interface ModelServerPart {
  readonly kind: "modelServer";
  readonly name: "qa" | "blue" | "green";
  readonly port: number;
  /** Folder of the prediction logs, relative to the estate's directory. */
  readonly logs: string;
  readonly logging: PredictionLogging;
}

/** The one address clients call; splits requests between the slots by weight. */
export interface GatewayPart {
  readonly kind: "gateway";
  readonly name: "gateway";
  readonly port: number;
  readonly slots: readonly { readonly name: "blue" | "green"; readonly port: number }[];
}

/** Any part of a local estate. */
export type PartDefinition =
  | DirectoryPart
  | SecretsPart
  | DatabasePart
  | TrackingPart
  | OrchestratorPart
  | NotebooksPart
  | SchedulerPart
  | ModelServerPart
  | GatewayPart;

/** One layer as Terraform records it: the `input` of its one resource. */
export interface LayerDefinition {
  readonly version: 1;
  readonly environment: string;
  readonly layer: string;
  /** The estate's directory, relative to the workspace (the folder that holds `environments/`) unless absolute. */
  readonly directory: string;
  readonly parts: readonly PartDefinition[];
}

/** Digest of a layer's definition: what Terraform records and what the layer's record on disk is known by. */
export function layerDigest(definition: LayerDefinition): string {
  return sha256(stableJson(definition));
}
