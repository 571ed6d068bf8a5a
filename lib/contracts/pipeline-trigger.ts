import type { Construct } from "../framework";
import type { IEventTopic } from "./event-topic";
import type { IMetadataDatabase } from "./metadata-database";
import type { IObjectStore } from "./object-store";
import type { IWorkloadIdentity } from "./workload-identity";

/** What may start a pipeline besides people and schedules, and what the handler works with. */
export interface PipelineTriggerProps {
  /** Topic of the `retrain` events. */
  readonly topic: IEventTopic;
  /** Where compiled pipelines lie. */
  readonly packages: IObjectStore;
  /** A new object here starts a run. @default - new data starts nothing */
  readonly newDataIn?: IObjectStore;
  /** Holds dedupe keys and cool-down. */
  readonly ledger: IMetadataDatabase;
  /** Who the handler runs as. */
  readonly identity: IWorkloadIdentity;
  /** Names of the projects that may be started. */
  readonly projects: readonly string[];
  /** Minutes after a run in which no other starts by itself. */
  readonly cooldownMinutes: number;
}

/** The one handler of `retrain` events: dedupes, cools down, submits. */
export interface IPipelineTrigger extends Construct {
  /** Where an event is sent by HTTP. */
  readonly uri: string;
}
