import type { ISchedule, ScheduleProps } from "../contracts/schedule";
import { Construct } from "../framework";
import { ContainerAppEnvironmentDaprComponent } from "./bindings";
import type { AzureEstate } from "./estate";
import { TRIGGER_APP } from "./parts/trigger";

/**
 * Sends the project's `retrain` event at set times: a Dapr cron binding of the handler's app, which knows IANA time zones and summer
 * time. It calls the handler at `/events/schedule/PROJECT`, with the time in the headers.
 *
 * Each replica of the handler is called. The handler makes the dedupe key of the project and the time down to the minute, and puts the
 * event into the queue first: the queue drops an id that it has seen, and the event is not lost when the handler stops.
 *
 * Not a schedule of Azure ML: that one starts a job itself, past the ledger, so that neither the cool-down nor other events would
 * know of the run. https://docs.dapr.io/reference/components-reference/supported-bindings/cron/
 */
export class AzureSchedule extends Construct implements ISchedule {
  readonly reference: string;
  readonly project: string;
  /** When, as Dapr takes it: with the time zone, and seconds. */
  readonly times: string;
  /** For `dependsOn`: what the handler's sidecar has to find when it starts. */
  readonly component: ContainerAppEnvironmentDaprComponent;

  constructor(scope: Construct, id: string, props: ScheduleProps, estate: AzureEstate) {
    super(scope, id);
    const { project, cron, timeZone = "Etc/UTC" } = props;
    const name = estate.name("daprComponent", `schedule-${project}`);
    this.project = project;
    // Six fields, the first of which are seconds.
    this.times = `CRON_TZ=${timeZone} 0 ${cron}`;
    const metadata = {
      schedule: this.times,
      direction: "input",
      route: `/events/schedule/${project}`,
    };
    this.component = new ContainerAppEnvironmentDaprComponent(this, "Cron", {
      name,
      containerAppEnvironmentId: estate.containerEnvironment,
      componentType: "bindings.cron",
      version: "v1",
      initTimeout: "60s",
      ignoreErrors: false,
      scopes: [TRIGGER_APP],
      metadata: Object.entries(metadata).map(([key, value]) => ({ name: key, value })),
    });
    this.reference = `${estate.containerEnvironment}/daprComponents/${name}`;
  }
}
