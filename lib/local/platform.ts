import type { Layer } from "../contracts/layers";
import type { MetadataDatabaseProps } from "../contracts/metadata-database";
import type { ModelRegistryProps } from "../contracts/model-registry";
import type { NotebooksProps } from "../contracts/notebooks";
import type { ObjectStoreProps } from "../contracts/object-store";
import type { IPlatform } from "../contracts/platform";
import type { Lacking, Provided } from "../contracts/provided";
import type { ScheduleProps } from "../contracts/schedule";
import type { ModelEndpointProps, ModelServerProps } from "../contracts/serving";
import type { WorkloadIdentityProps } from "../contracts/workload-identity";
import { type Construct, LocalBackend, type TerraformStack } from "../framework";
import { LocalContainerService } from "./container-service";
import type { LocalEstate } from "./estate";
import { LocalLayer, stateFile } from "./layer";
import { LocalMetadataDatabase } from "./metadata-database";
import { LocalModelEndpoint } from "./model-endpoint";
import { LocalModelRegistry } from "./model-registry";
import { LocalMonitoring } from "./monitoring";
import { LocalNotebooks } from "./notebooks";
import { LocalObjectStore } from "./object-store";
import { LocalOrchestrator } from "./orchestrator";
import { LocalSchedule } from "./schedule";
import { LocalSecretStore } from "./secret-store";
import { LocalWorkloadIdentity } from "./workload-identity";

/** Why one machine lacks what it lacks. */
const LACKING = {
  accessLogs: "the local platform logs no access: its folders belong to who runs it",
  autoMl: "the local platform trains by the projects' own code",
  budget: "the local platform costs nothing",
  ciIdentities: "the local platform belongs to whoever is logged in",
  cluster: "the local platform runs processes, no cluster",
  dataIntegration: "the local platform has no tool for data flows; steps read files",
  dataProcessing: "the local platform processes data inside a step",
  delivery: "the local platform has no source connection; start a run with `mlops pipeline run`",
  encryptionKey: "the local platform leaves encryption to the machine's disk",
  eventTopic: "the local platform has no broker; start a run with `mlops pipeline run`",
  featureStore: "the local platform keeps features with the datasets",
  imageRegistry: "the local platform runs processes, no images",
  pipelineDefinitions: "the local platform compiles a pipeline when it is run",
  pipelineTrigger: "the local platform starts pipelines by its scheduler and by `mlops pipeline run`",
  pretrainedModels: "the local platform has no catalogue of models",
  training: "the local platform trains in processes of this machine",
  workflowEngine: "the local platform has no workflow engine beside its orchestrator",
  network: "everything of the local platform listens on 127.0.0.1 only",
} as const;

function lacking(part: keyof typeof LACKING): Lacking {
  return { lacking: LACKING[part] };
}

/** One machine: real processes on 127.0.0.1, described by Terraform's built-in resource and kept up by a supervisor. */
export class LocalPlatform implements IPlatform {
  readonly cloud = "local";
  readonly layers: readonly Layer[] = ["foundation", "data", "ml", "delivery", "serving"];

  constructor(private readonly estate: LocalEstate) {}

  attachTo(stack: TerraformStack, layer: Layer): void {
    new LocalBackend(stack, { path: stateFile(this.estate, layer) });
    new LocalLayer(stack, this.estate, layer);
  }

  autoMl = () => lacking("autoMl");
  budget = () => lacking("budget");
  ciIdentities = () => lacking("ciIdentities");
  cluster = () => lacking("cluster");
  dataIntegration = () => lacking("dataIntegration");
  dataProcessing = () => lacking("dataProcessing");
  delivery = () => lacking("delivery");
  encryptionKey = () => lacking("encryptionKey");
  eventTopic = () => lacking("eventTopic");
  featureStore = () => lacking("featureStore");
  imageRegistry = () => lacking("imageRegistry");
  network = () => lacking("network");
  pipelineDefinitions = () => lacking("pipelineDefinitions");
  pipelineTrigger = () => lacking("pipelineTrigger");
  pretrainedModels = () => lacking("pretrainedModels");
  training = () => lacking("training");
  workflowEngine = () => lacking("workflowEngine");

  containerService(scope: Construct, id: string, props: ModelServerProps): LocalContainerService {
    return new LocalContainerService(scope, id, props, this.estate);
  }

  metadataDatabase(scope: Construct, id: string, props: MetadataDatabaseProps): LocalMetadataDatabase {
    return new LocalMetadataDatabase(scope, id, props, this.estate);
  }

  modelEndpoint(scope: Construct, id: string, props: ModelEndpointProps): LocalModelEndpoint {
    return new LocalModelEndpoint(scope, id, props, this.estate);
  }

  modelRegistry(scope: Construct, id: string, props: ModelRegistryProps): LocalModelRegistry {
    return new LocalModelRegistry(scope, id, props, this.estate);
  }

  monitoring(scope: Construct, id: string): LocalMonitoring {
    return new LocalMonitoring(scope, id, this.estate);
  }

  notebooks(scope: Construct, id: string, props: NotebooksProps): LocalNotebooks {
    return new LocalNotebooks(scope, id, props, this.estate);
  }

  objectStore(scope: Construct, id: string, props: ObjectStoreProps): Provided<LocalObjectStore> {
    if (props.purpose === "access-logs") return lacking("accessLogs");
    return new LocalObjectStore(scope, id, props, this.estate);
  }

  orchestrator(scope: Construct, id: string): LocalOrchestrator {
    return new LocalOrchestrator(scope, id, this.estate);
  }

  schedule(scope: Construct, id: string, props: ScheduleProps): LocalSchedule {
    return new LocalSchedule(scope, id, props, this.estate);
  }

  secretStore(scope: Construct, id: string): LocalSecretStore {
    return new LocalSecretStore(scope, id, this.estate);
  }

  workloadIdentity(scope: Construct, id: string, props: WorkloadIdentityProps): LocalWorkloadIdentity {
    return new LocalWorkloadIdentity(scope, id, props, this.estate);
  }
}
