import { isLacking } from "../lib/contracts/provided";
import { grant } from "../lib/core/grants";
import { outputOf, switchedOff, whenProvided } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import type { DataStack } from "./data";
import type { MlStack } from "./ml";
import { PlatformStack, type StackProps } from "./platform-stack";

/** What starts pipelines: the source connection with its triggers, schedules, events, and the bundled definitions. */
export class DeliveryStack extends PlatformStack {
  constructor(scope: Construct, { data, ml, ...props }: StackProps & Readonly<{ data: DataStack; ml: MlStack }>) {
    super(scope, "delivery", props);
    const { projects, retraining, delivery, name, workflowEngine } = props.environment;
    const { packages, datasets, retrain: topic, database: ledger } = data;
    const { schedule: cron, timeZone, newData, cooldownMinutes } = retraining;
    const flows = workflowEngine.project ?? projects[0]?.name;

    const rules = delivery.rules.filter(({ environment }) => environment === name);
    const connection = delivery.source
      ? this.platform.delivery(this, "Source", { ...delivery, rules })
      : switchedOff("delivery.source: none");
    if (cron !== undefined) {
      const to = isLacking(topic) ? undefined : topic;
      for (const { name: project } of projects) {
        this.platform.schedule(this, `Schedule-${project}`, { project, cron, timeZone, topic: to });
      }
    }
    const identity = this.platform.workloadIdentity(this, "Trigger", { workload: "trigger" });
    const newDataIn = newData && !isLacking(datasets) ? datasets : undefined;
    const started = { projects: projects.map((project) => project.name), newDataIn, cooldownMinutes };
    const trigger = whenProvided({ topic, packages, ledger, identity, orchestrator: ml.orchestrator }, (parts) =>
      this.platform.pipelineTrigger(this, "Retrain", { ...parts, ...started }),
    );
    whenProvided({ packages }, (parts) =>
      this.platform.pipelineDefinitions(this, "Definitions", {
        ...parts,
        definitions: projects.map(({ name: project, parameters }) => ({ project, parameters })),
      }),
    );
    const engine =
      workflowEngine.enabled && flows !== undefined
        ? whenProvided({ topic, packages, identity }, (parts) =>
            this.platform.workflowEngine(this, "Workflows", { ...parts, project: flows }),
          )
        : switchedOff("workflowEngine.enabled: false");

    const handler = isLacking(trigger) ? trigger : identity;
    grant(packages, handler, (store, to) => store.grants.read(to));
    grant(datasets, handler, (store, to) => store.grants.read(to));
    grant(ledger, handler, (server, to) => server.grants.connect(to));

    this.publish({
      deliveryConnection: outputOf(connection, (source) => source.connection),
      pipelineTriggerUri: outputOf(trigger, ({ uri }) => uri),
      workflowEngineUri: outputOf(engine, ({ uri }) => uri),
    });
  }
}
