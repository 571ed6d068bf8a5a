import { grant } from "../lib/core/grants";
import { outputOf, switchedOff, whenProvided } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import type { DataStack } from "./data";
import { PlatformStack, type StackProps } from "./platform-stack";

/** Where models are made: tracking and registry, the orchestrator with its identity, notebooks. */
export class MlStack extends PlatformStack {
  constructor(scope: Construct, { data, ...props }: StackProps & { readonly data: DataStack }) {
    super(scope, "ml", props);
    const { datasets, artifacts, packages, predictionLogs, database } = data;
    const { enabled, ...notebook } = props.environment.notebooks;

    const pipelines = this.platform.workloadIdentity(this, "Pipelines", { workload: "pipelines" });
    const tracking = whenProvided({ database, artifacts }, (parts) =>
      this.platform.modelRegistry(this, "Tracking", parts),
    );
    const orchestrator = whenProvided({ packages, artifacts, identity: pipelines }, (parts) =>
      this.platform.orchestrator(this, "Orchestrator", parts),
    );
    const notebooks = enabled
      ? this.platform.notebooks(this, "Notebooks", notebook)
      : switchedOff("notebooks.enabled: false");

    grant(datasets, pipelines, (store, identity) => store.grants.readWrite(identity));
    grant(artifacts, pipelines, (store, identity) => store.grants.readWrite(identity));
    grant(packages, pipelines, (store, identity) => store.grants.read(identity));
    grant(predictionLogs, pipelines, (store, identity) => store.grants.read(identity));
    grant(database, pipelines, (server, identity) => server.grants.connect(identity));

    this.publish({
      trackingUri: outputOf(tracking, ({ trackingUri }) => trackingUri),
      pipelinesUri: outputOf(orchestrator, ({ submitUri }) => submitUri),
      pipelinesFormat: outputOf(orchestrator, ({ format }) => format),
      pipelinesPrincipal: outputOf(pipelines, ({ principal }) => principal),
      notebooksUri: outputOf(notebooks, ({ uri }) => uri),
    });
  }
}
