import type { Construct } from "../framework";
import type { IEventTopic } from "./event-topic";
import type { IObjectStore } from "./object-store";
import type { IWorkloadIdentity } from "./workload-identity";

/** What flows of the engine may do. */
export interface WorkflowEngineProps {
  /** The bundled flow sends its `retrain` event here. */
  readonly topic: IEventTopic;
  readonly packages: IObjectStore;
  readonly identity: IWorkloadIdentity;
  /** Project that the bundled flow starts. */
  readonly project: string;
}

/** A general workflow engine beside the orchestrator, such as Airflow. */
export interface IWorkflowEngine extends Construct {
  /** Where a person looks. */
  readonly uri: string;
}
