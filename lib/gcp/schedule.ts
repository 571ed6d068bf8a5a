import type { ISchedule, ScheduleProps } from "../contracts/schedule";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import { CloudSchedulerJob } from "./bindings";
import type { GcpEstate } from "./estate";

/** How long a message is tried to be published; after that the next time counts. */
const RETRY = {
  retryCount: 5,
  minBackoffDuration: "10s",
  maxBackoffDuration: "300s",
  maxDoublings: 4,
} as const;

/**
 * Sends the project's `retrain` event at set times, to the environment's one topic.
 *
 * The event has no dedupe key: what a job sends is the same text each time. The handler makes one of the project and the
 * message's publish time down to the minute, so that a delivery that is repeated starts one run. Who publishes is Cloud
 * Scheduler's service agent, whose own role allows it.
 */
export class GcpSchedule extends Construct implements ISchedule {
  readonly reference: string;

  constructor(scope: Construct, id: string, props: ScheduleProps, estate: GcpEstate) {
    super(scope, id);
    const { project, cron, timeZone = "Etc/UTC", topic } = props;
    const { region } = estate.settings;
    const name = estate.name("schedulerJob", `retrain-${project}`);
    const event = stableJson({ project, reason: "schedule", parameters: {} });
    new CloudSchedulerJob(this, "Job", {
      name,
      description: `Retrains ${project}`,
      region,
      schedule: cron,
      timeZone,
      paused: false,
      retryConfig: RETRY,
      pubsubTarget: {
        topicName: topic?.reference ?? estate.topic("retrain"),
        data: Buffer.from(event).toString("base64"),
        // Readable, unlike the body: what a subscription may filter by, and who looks at the job sees.
        attributes: { project, reason: "schedule" },
      },
    });
    this.reference = `${estate.location}/jobs/${name}`;
  }
}
