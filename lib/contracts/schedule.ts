import type { Construct } from "../framework";

/** What is started, and when. */
export interface ScheduleProps {
  readonly project: string;
  /** Five-field cron expression. */
  readonly cron: string;
  /** IANA time zone. @default "Etc/UTC" */
  readonly timeZone?: string;
}

/** Starts a project's pipeline at set times. */
export interface ISchedule extends Construct {
  readonly reference: string;
}
