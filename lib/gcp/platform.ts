import type { BudgetProps, IBudget } from "../contracts/budget";
import type { CiIdentitiesProps } from "../contracts/ci-identities";
import type { ClusterProps, ICluster } from "../contracts/cluster";
import type { DataProcessingProps } from "../contracts/data-services";
import type { DeliveryProps } from "../contracts/delivery";
import type { EncryptionKeyProps, IEncryptionKey } from "../contracts/encryption-key";
import type { FeatureStoreProps } from "../contracts/feature-store";
import type { Layer } from "../contracts/layers";
import type { MetadataDatabaseProps } from "../contracts/metadata-database";
import type { IModelRegistry, ModelRegistryProps } from "../contracts/model-registry";
import type { AutoMlProps, PretrainedModelsProps } from "../contracts/model-services";
import type { MonitoringProps } from "../contracts/monitoring";
import type { NetworkProps } from "../contracts/network";
import type { NotebooksProps } from "../contracts/notebooks";
import type { ObjectStoreProps } from "../contracts/object-store";
import type { OrchestratorProps } from "../contracts/orchestrator";
import type { PipelineDefinitionsProps } from "../contracts/pipeline-definitions";
import type { IPipelineTrigger, PipelineTriggerProps } from "../contracts/pipeline-trigger";
import type { IPlatform } from "../contracts/platform";
import type { Provided } from "../contracts/provided";
import type { ScheduleProps } from "../contracts/schedule";
import type { IContainerService, IModelEndpoint, ModelEndpointProps, ModelServerProps } from "../contracts/serving";
import type { TrainingProps } from "../contracts/training";
import type { WorkflowEngineProps } from "../contracts/workflow-engine";
import type { WorkloadIdentityProps } from "../contracts/workload-identity";
import { type ImageName, imageMissing } from "../core/images";
import { type Construct, GcsBackend, LocalBackend, type TerraformStack } from "../framework";
import { GcpAutoMl } from "./auto-ml";
import { GoogleProvider } from "./bindings";
import { GcpBudget } from "./budget";
import { GcpCiIdentities } from "./ci-identities";
import { GcpCluster } from "./cluster";
import { GcpContainerService } from "./container-service";
import { GcpDataIntegration } from "./data-integration";
import { GcpDataProcessing } from "./data-processing";
import { GcpDelivery } from "./delivery";
import { GcpEncryptionKey } from "./encryption-key";
import { GcpEstate } from "./estate";
import { GcpEventTopic } from "./event-topic";
import { GcpExistingCluster } from "./existing-cluster";
import { GcpFeatureStore } from "./feature-store";
import { GcpImageRegistry } from "./image-registry";
import { GcpInstanceEndpoint } from "./instance-endpoint";
import { GcpKubernetesEndpoint } from "./kubernetes-endpoint";
import { GcpManagedEndpoint } from "./managed-endpoint";
import { GcpMetadataDatabase } from "./metadata-database";
import { GcpModelRegistry } from "./model-registry";
import { GcpMonitoring } from "./monitoring";
import { GcpNetwork } from "./network";
import { GcpNotebooks } from "./notebooks";
import { GcpObjectStore } from "./object-store";
import { GcpOrchestrator } from "./orchestrator";
import type { GcpSettings } from "./parts/settings";
import { GcpPipelineDefinitions } from "./pipeline-definitions";
import { GcpPipelineTrigger } from "./pipeline-trigger";
import { GcpPretrainedModels } from "./pretrained-models";
import { GcpProjectServices } from "./project-services";
import { GcpSchedule } from "./schedule";
import { GcpSecretStore } from "./secret-store";
import { GcpServerlessEndpoint } from "./serverless-endpoint";
import { GcpTraining } from "./training";
import { GcpWorkflowEngine } from "./workflow-engine";
import { GcpWorkloadIdentity } from "./workload-identity";

/** Google Cloud: one project for an environment, everything private, no keys of service accounts. */
export class GcpPlatform implements IPlatform {
  readonly cloud = "gcp";
  readonly layers: readonly Layer[] = [
    "foundation",
    "network",
    "data",
    "compute",
    "ml",
    "delivery",
    "serving",
    "observability",
  ];
  private readonly estate: GcpEstate;

  constructor(private readonly settings: GcpSettings) {
    this.estate = new GcpEstate(settings);
  }

  attachTo(stack: TerraformStack, layer: Layer): void {
    const { backend, environment, project, region } = this.settings;
    if (backend.type === "gcs") {
      new GcsBackend(stack, { bucket: this.estate.stateBucket, prefix: this.estate.statePrefix(layer) });
    } else {
      // Relative, so that the stack is the same bytes on every machine: from cdktf.out/stacks/STACK to the workspace.
      new LocalBackend(stack, { path: `../../../.mlops/state/${environment}/gcp-${layer}.tfstate` });
    }
    // The project's quota counts, not that of whoever deploys.
    new GoogleProvider(stack, "Google", { project, region, billingProject: project, userProjectOverride: true });
    if (layer === "foundation") new GcpProjectServices(stack, "Services", this.estate);
  }

  autoMl(scope: Construct, id: string, props: AutoMlProps): GcpAutoMl {
    return new GcpAutoMl(scope, id, props, this.estate);
  }

  budget(scope: Construct, id: string, props: BudgetProps): Provided<IBudget> {
    if (this.settings.billingAccount === undefined) {
      return { lacking: "clouds.gcp.billingAccount is not given, and a budget belongs to a billing account" };
    }
    return new GcpBudget(scope, id, props, this.estate);
  }

  ciIdentities(scope: Construct, id: string, props: CiIdentitiesProps): GcpCiIdentities {
    return new GcpCiIdentities(scope, id, props, this.estate);
  }

  cluster(scope: Construct, id: string, props: ClusterProps): ICluster {
    const Cluster = props.existing === undefined ? GcpCluster : GcpExistingCluster;
    return new Cluster(scope, id, props, this.estate);
  }

  containerService(scope: Construct, id: string, props: ModelServerProps): Provided<IContainerService> {
    return withImage(this.estate, "serving", () => new GcpContainerService(scope, id, props, this.estate));
  }

  dataIntegration(scope: Construct, id: string): GcpDataIntegration {
    return new GcpDataIntegration(scope, id, this.estate);
  }

  dataProcessing(scope: Construct, id: string, props: DataProcessingProps): GcpDataProcessing {
    return new GcpDataProcessing(scope, id, props, this.estate);
  }

  delivery(scope: Construct, id: string, props: DeliveryProps): GcpDelivery {
    return new GcpDelivery(scope, id, props, this.estate);
  }

  encryptionKey(scope: Construct, id: string, props: EncryptionKeyProps): Provided<IEncryptionKey> {
    if (!this.settings.ownKeys) return { lacking: "encryption.ownKeys is false, so Google's own keys encrypt" };
    return new GcpEncryptionKey(scope, id, props, this.estate);
  }

  eventTopic(scope: Construct, id: string): GcpEventTopic {
    return new GcpEventTopic(scope, id, this.estate);
  }

  featureStore(scope: Construct, id: string, props: FeatureStoreProps): GcpFeatureStore {
    return new GcpFeatureStore(scope, id, props, this.estate);
  }

  imageRegistry(scope: Construct, id: string): GcpImageRegistry {
    return new GcpImageRegistry(scope, id, this.estate);
  }

  metadataDatabase(scope: Construct, id: string, props: MetadataDatabaseProps): GcpMetadataDatabase {
    return new GcpMetadataDatabase(scope, id, props, this.estate);
  }

  modelEndpoint(scope: Construct, id: string, props: ModelEndpointProps): Provided<IModelEndpoint> {
    switch (props.target) {
      case "kubernetes":
        return new GcpKubernetesEndpoint(scope, id, props, this.estate);
      case "managed":
        return new GcpManagedEndpoint(scope, id, props, this.estate);
      case "serverless":
        return withImage(this.estate, "serving", () => new GcpServerlessEndpoint(scope, id, props, this.estate));
      case "instance":
        return withImage(this.estate, "serving", () => new GcpInstanceEndpoint(scope, id, props, this.estate));
      case "process":
        return { lacking: "processes of one machine are for cloud: local" };
      default:
        return props.target satisfies never;
    }
  }

  modelRegistry(scope: Construct, id: string, props: ModelRegistryProps): Provided<IModelRegistry> {
    return withImage(this.estate, "tracking", () => new GcpModelRegistry(scope, id, props, this.estate));
  }

  monitoring(scope: Construct, id: string, props: MonitoringProps): GcpMonitoring {
    return new GcpMonitoring(scope, id, props, this.estate);
  }

  network(scope: Construct, id: string, props: NetworkProps): GcpNetwork {
    return new GcpNetwork(scope, id, props, this.estate);
  }

  notebooks(scope: Construct, id: string, props: NotebooksProps): GcpNotebooks {
    return new GcpNotebooks(scope, id, props, this.estate);
  }

  objectStore(scope: Construct, id: string, props: ObjectStoreProps): GcpObjectStore {
    return new GcpObjectStore(scope, id, props, this.estate);
  }

  orchestrator(scope: Construct, id: string, props: OrchestratorProps): GcpOrchestrator {
    return new GcpOrchestrator(scope, id, props, this.estate);
  }

  pipelineDefinitions(scope: Construct, id: string, props: PipelineDefinitionsProps): GcpPipelineDefinitions {
    return new GcpPipelineDefinitions(scope, id, props, this.estate);
  }

  pipelineTrigger(scope: Construct, id: string, props: PipelineTriggerProps): Provided<IPipelineTrigger> {
    return withImage(this.estate, "trigger", () => new GcpPipelineTrigger(scope, id, props, this.estate));
  }

  pretrainedModels(scope: Construct, id: string, props: PretrainedModelsProps): GcpPretrainedModels {
    return new GcpPretrainedModels(scope, id, props, this.estate);
  }

  schedule(scope: Construct, id: string, props: ScheduleProps): GcpSchedule {
    return new GcpSchedule(scope, id, props, this.estate);
  }

  secretStore(scope: Construct, id: string): GcpSecretStore {
    return new GcpSecretStore(scope, id, this.estate);
  }

  training(scope: Construct, id: string, props: TrainingProps): GcpTraining {
    return new GcpTraining(scope, id, props, this.estate);
  }

  workflowEngine(scope: Construct, id: string, props: WorkflowEngineProps): GcpWorkflowEngine {
    return new GcpWorkflowEngine(scope, id, props, this.estate);
  }

  workloadIdentity(scope: Construct, id: string, props: WorkloadIdentityProps): GcpWorkloadIdentity {
    return new GcpWorkloadIdentity(scope, id, props, this.estate);
  }
}

/** A part that runs an own image; left out and named while that is not built. */
function withImage<T extends object>(estate: GcpEstate, name: ImageName, make: () => T): Provided<T> {
  if (estate.image(name) !== undefined) return make();
  const { environment } = estate.settings;
  return { lacking: imageMissing(name, `${estate.imagePrefix}/${name}`, { environment, cloud: "gcp" }) };
}
