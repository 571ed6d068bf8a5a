import type { IModelRegistry } from "../lib/contracts/model-registry";
import type { IOrchestrator } from "../lib/contracts/orchestrator";
import type { Provided } from "../lib/contracts/provided";
import { grant } from "../lib/core/grants";
import { outputOf, switchedOff, whenProvided } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import type { DataStack } from "./data";
import { mlServices } from "./ml-services";
import { orchestratorOf } from "./orchestrator";
import { PlatformStack, type StackProps } from "./platform-stack";

/** Where models are made: tracking and registry, the orchestrator with its identity and its machines, notebooks, and services that steps use. */
export class MlStack extends PlatformStack {
  readonly tracking: Provided<IModelRegistry>;
  readonly orchestrator: Provided<IOrchestrator>;

  constructor(scope: Construct, { data, ...props }: StackProps & { readonly data: DataStack }) {
    super(scope, "ml", props);
    const { datasets, artifacts, packages, predictionLogs, database, images, features } = data;
    const { notebooks, teams } = props.environment;
    const { enabled, ...notebook } = notebooks;

    const pipelines = this.platform.workloadIdentity(this, "Pipelines", { workload: "pipelines" });
    this.tracking = whenProvided({ database, artifacts }, (parts) =>
      this.platform.modelRegistry(this, "Tracking", {
        ...parts,
        teams: teams.map(({ name }) => name),
        groups: teams.map(({ group }) => group),
      }),
    );
    const training = this.platform.training(this, "Training", props.environment.training);
    this.orchestrator = orchestratorOf(this, props, { packages, artifacts, identity: pipelines });
    const instances = enabled
      ? this.platform.notebooks(this, "Notebooks", notebook)
      : switchedOff("notebooks.enabled: false");
    const services = mlServices(this, props, { identity: pipelines, datasets, artifacts });

    grant(datasets, pipelines, (store, identity) => store.grants.readWrite(identity));
    grant(artifacts, pipelines, (store, identity) => store.grants.readWrite(identity));
    grant(packages, pipelines, (store, identity) => store.grants.read(identity));
    grant(predictionLogs, pipelines, (store, identity) => store.grants.read(identity));
    grant(database, pipelines, (server, identity) => server.grants.connect(identity));
    grant(images, pipelines, (registry, identity) => registry.grants.pull(identity));
    grant(features, pipelines, (store, identity) => store.grants.readWrite(identity));
    grant(this.tracking, pipelines, (registry, identity) => registry.grants.use(identity));

    this.publish({
      trackingUri: outputOf(this.tracking, ({ trackingUri }) => trackingUri),
      pipelinesUri: outputOf(this.orchestrator, ({ submitUri }) => submitUri),
      pipelinesFormat: outputOf(this.orchestrator, ({ format }) => format),
      pipelinesPrincipal: outputOf(pipelines, ({ principal }) => principal),
      trainingReference: outputOf(training, ({ reference }) => reference),
      tensorBoardReference: outputOf(this.orchestrator, ({ tensorBoard }) => tensorBoard),
      notebooksUri: outputOf(instances, ({ uri }) => uri),
      ...services,
    });
  }
}
