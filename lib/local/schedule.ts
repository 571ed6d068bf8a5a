import type { ISchedule, ScheduleProps } from "../contracts/schedule";
import { Construct } from "../framework";
import { type LocalEstate, loopback } from "./estate";
import { LocalLayer } from "./layer";
import type { SchedulerPart } from "./parts";

/** One entry of the estate's scheduler process, which all schedules share. */
export class LocalSchedule extends Construct implements ISchedule {
  readonly reference: string;

  constructor(scope: Construct, id: string, props: ScheduleProps, { ports }: LocalEstate) {
    super(scope, id);
    const { project, cron, timeZone = "Etc/UTC" } = props;
    LocalLayer.of(this).change<SchedulerPart>("scheduler", (part) => ({
      kind: "scheduler",
      name: "scheduler",
      port: ports.scheduler,
      schedules: [...(part?.schedules ?? []), { project, cron, timeZone }],
    }));
    this.reference = `${loopback(ports.scheduler)}/#${project}`;
  }
}
