import { outputOf } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** What starts pipelines: the source connection with its triggers, and schedules. */
export class DeliveryStack extends PlatformStack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, "delivery", props);
    const { projects, retraining, delivery } = props.environment;
    const connection = this.platform.delivery(this, "Source", delivery);
    const { schedule: cron, timeZone } = retraining;
    if (cron !== undefined) {
      for (const { name: project } of projects) {
        this.platform.schedule(this, `Schedule-${project}`, { project, cron, timeZone });
      }
    }

    this.publish({ deliveryConnection: outputOf(connection, (source) => source.connection) });
  }
}
