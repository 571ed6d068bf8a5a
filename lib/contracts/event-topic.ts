import type { Construct } from "../framework";
import type { IWorkloadIdentity } from "./workload-identity";

/** A topic that carries `retrain` events; what cannot be delivered is kept. */
export interface IEventTopic extends Construct {
  /** What the platform's own tools name it by. */
  readonly reference: string;
  readonly grants: { publish(to: IWorkloadIdentity): void };
}
