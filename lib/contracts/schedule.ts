import type { Construct } from "../framework";
import type { IEventTopic } from "./event-topic";

/** What is started, and when. */
export interface ScheduleProps {
  readonly project: string;
  /** Five-field cron expression. */
  readonly cron: string;
  /** IANA time zone. @default "Etc/UTC" */
  readonly timeZone?: string;
  /** Topic that takes the `retrain` event. @default - the scheduler starts the pipeline itself */
  readonly topic?: IEventTopic;
}

/** Starts a project's pipeline at set times. */
export interface ISchedule extends Construct {
  /** What the platform's own tools name it by. */
  readonly reference: string;
}
