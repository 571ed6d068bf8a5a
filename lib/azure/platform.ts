import type { BudgetProps } from "../contracts/budget";
import type { CiIdentitiesProps } from "../contracts/ci-identities";
import type { ClusterProps, ICluster } from "../contracts/cluster";
import type { DataProcessingProps } from "../contracts/data-services";
import type { DeliveryProps, IDelivery } from "../contracts/delivery";
import type { EncryptionKeyProps, IEncryptionKey } from "../contracts/encryption-key";
import type { FeatureStoreProps } from "../contracts/feature-store";
import type { Layer } from "../contracts/layers";
import type { MetadataDatabaseProps } from "../contracts/metadata-database";
import type { ModelRegistryProps } from "../contracts/model-registry";
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
import type {
  ContainerServiceProps,
  IContainerService,
  IModelEndpoint,
  ModelEndpointProps,
} from "../contracts/serving";
import type { TrainingProps } from "../contracts/training";
import type { IWorkflowEngine, WorkflowEngineProps } from "../contracts/workflow-engine";
import type { WorkloadIdentityProps } from "../contracts/workload-identity";
import { type ImageName, imageMissing } from "../core/images";
import { AzurermBackend, type Construct, LocalBackend, type TerraformStack } from "../framework";
import { AzureAutoMl } from "./auto-ml";
import { AzurermProvider } from "./bindings";
import { AzureBudget } from "./budget";
import { AzureCiIdentities } from "./ci-identities";
import { AzureCluster } from "./cluster";
import { AzureContainerEnvironment } from "./container-environment";
import { AzureContainerService } from "./container-service";
import { AzureDataIntegration } from "./data-integration";
import { AzureDataProcessing } from "./data-processing";
import { AzureDelivery } from "./delivery";
import { AzureEncryptionKey } from "./encryption-key";
import { AzureEstate } from "./estate";
import { AzureEventTopic } from "./event-topic";
import { AzureExistingCluster } from "./existing-cluster";
import { AzureFeatureStore } from "./feature-store";
import { AzureFoundation } from "./foundation";
import { AzureImageRegistry } from "./image-registry";
import { AzureInstanceEndpoint } from "./instance-endpoint";
import { AzureKubernetesEndpoint } from "./kubernetes-endpoint";
import { AzureManagedEndpoint } from "./managed-endpoint";
import { AzureMetadataDatabase } from "./metadata-database";
import { AzureModelRegistry } from "./model-registry";
import { AzureMonitoring } from "./monitoring";
import { AzureNetwork } from "./network";
import { AzureNotebooks } from "./notebooks";
import { AzureObjectStore } from "./object-store";
import { AzureOrchestrator } from "./orchestrator";
import type { AzureSettings } from "./parts/settings";
import { AzurePipelineDefinitions } from "./pipeline-definitions";
import { AzurePipelineTrigger } from "./pipeline-trigger";
import { AzurePretrainedModels } from "./pretrained-models";
import { providerConfig } from "./provider-config";
import { AzureSchedule } from "./schedule";
import { AzureSecretStore } from "./secret-store";
import { AzureServerlessEndpoint } from "./serverless-endpoint";
import { AzureTraining } from "./training";
import { AzureWorkflowEngine } from "./workflow-engine";
import { AzureWorkloadIdentity } from "./workload-identity";
import { AzureWorkspace } from "./workspace";

/** Azure: one resource group for an environment, everything private, identities without keys. */
export class AzurePlatform implements IPlatform {
  readonly cloud = "azure";
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
  private readonly estate: AzureEstate;

  constructor(private readonly settings: AzureSettings) {
    this.estate = new AzureEstate(settings);
  }

  attachTo(stack: TerraformStack, layer: Layer): void {
    const { backend, environment, subscription, tenant } = this.settings;
    if (backend.type === "azurerm") {
      new AzurermBackend(stack, {
        resourceGroupName: this.estate.stateResourceGroup,
        storageAccountName: this.estate.stateAccount,
        containerName: backend.container,
        key: this.estate.stateKey(layer),
        subscriptionId: subscription,
        tenantId: tenant,
        // The account takes no keys: who may read the state is decided by roles.
        useAzureadAuth: true,
      });
    } else {
      // Relative, so that the stack is the same bytes on every machine: from cdktf.out/stacks/STACK to the workspace.
      new LocalBackend(stack, { path: `../../../.mlops/state/${environment}/azure-${layer}.tfstate` });
    }
    new AzurermProvider(stack, "Azurerm", providerConfig(this.settings));
    if (layer === "foundation") new AzureFoundation(stack, "Ground", this.estate);
    if (layer === "compute") new AzureContainerEnvironment(stack, "Containers", this.estate);
    if (layer === "ml") new AzureWorkspace(stack, "Workspace", this.estate);
  }

  autoMl(scope: Construct, id: string, props: AutoMlProps): AzureAutoMl {
    return new AzureAutoMl(scope, id, props, this.estate);
  }

  budget(scope: Construct, id: string, props: BudgetProps): AzureBudget {
    return new AzureBudget(scope, id, props, this.estate);
  }

  ciIdentities(scope: Construct, id: string, props: CiIdentitiesProps): AzureCiIdentities {
    return new AzureCiIdentities(scope, id, props, this.estate);
  }

  cluster(scope: Construct, id: string, props: ClusterProps): ICluster {
    const Cluster = props.existing === undefined ? AzureCluster : AzureExistingCluster;
    return new Cluster(scope, id, props, this.estate);
  }

  containerService(scope: Construct, id: string, props: ContainerServiceProps): Provided<IContainerService> {
    return withImage(this.estate, "serving", () => new AzureContainerService(scope, id, props, this.estate));
  }

  dataIntegration(scope: Construct, id: string): AzureDataIntegration {
    return new AzureDataIntegration(scope, id, this.estate);
  }

  dataProcessing(scope: Construct, id: string, props: DataProcessingProps): AzureDataProcessing {
    return new AzureDataProcessing(scope, id, props, this.estate);
  }

  delivery(scope: Construct, id: string, props: DeliveryProps): Provided<IDelivery> {
    const { devops } = this.settings;
    if (devops === undefined) {
      return { lacking: "clouds.azure.devops is not given, and Azure Pipelines run in an Azure DevOps project" };
    }
    return new AzureDelivery(scope, id, props, devops, this.estate);
  }

  encryptionKey(scope: Construct, id: string, props: EncryptionKeyProps): Provided<IEncryptionKey> {
    if (!this.settings.ownKeys) return { lacking: "encryption.ownKeys is false, so Azure's own keys encrypt" };
    return new AzureEncryptionKey(scope, id, props, this.estate);
  }

  eventTopic(scope: Construct, id: string): AzureEventTopic {
    return new AzureEventTopic(scope, id, this.estate);
  }

  featureStore(scope: Construct, id: string, props: FeatureStoreProps): AzureFeatureStore {
    return new AzureFeatureStore(scope, id, props, this.estate);
  }

  imageRegistry(scope: Construct, id: string): AzureImageRegistry {
    return new AzureImageRegistry(scope, id, this.estate);
  }

  metadataDatabase(scope: Construct, id: string, props: MetadataDatabaseProps): AzureMetadataDatabase {
    return new AzureMetadataDatabase(scope, id, props, this.estate);
  }

  modelEndpoint(scope: Construct, id: string, props: ModelEndpointProps): Provided<IModelEndpoint> {
    switch (props.target) {
      case "kubernetes":
        return new AzureKubernetesEndpoint(scope, id, props, this.estate);
      case "managed":
        return new AzureManagedEndpoint(scope, id, props, this.estate);
      case "serverless":
        return withImage(this.estate, "serving", () => new AzureServerlessEndpoint(scope, id, props, this.estate));
      case "instance":
        return withImage(this.estate, "serving", () => new AzureInstanceEndpoint(scope, id, props, this.estate));
      case "process":
        return { lacking: "processes of one machine are for cloud: local" };
      default:
        return props.target satisfies never;
    }
  }

  modelRegistry(scope: Construct, id: string, props: ModelRegistryProps): AzureModelRegistry {
    return new AzureModelRegistry(scope, id, props, this.estate);
  }

  monitoring(scope: Construct, id: string, props: MonitoringProps): AzureMonitoring {
    return new AzureMonitoring(scope, id, props, this.estate);
  }

  network(scope: Construct, id: string, props: NetworkProps): AzureNetwork {
    return new AzureNetwork(scope, id, props, this.estate);
  }

  notebooks(scope: Construct, id: string, props: NotebooksProps): AzureNotebooks {
    return new AzureNotebooks(scope, id, props, this.estate);
  }

  objectStore(scope: Construct, id: string, props: ObjectStoreProps): AzureObjectStore {
    return new AzureObjectStore(scope, id, props, this.estate);
  }

  orchestrator(scope: Construct, id: string, props: OrchestratorProps): AzureOrchestrator {
    return new AzureOrchestrator(scope, id, props, this.estate);
  }

  pipelineDefinitions(scope: Construct, id: string, props: PipelineDefinitionsProps): AzurePipelineDefinitions {
    return new AzurePipelineDefinitions(scope, id, props, this.estate);
  }

  pipelineTrigger(scope: Construct, id: string, props: PipelineTriggerProps): Provided<IPipelineTrigger> {
    return withImage(this.estate, "trigger", () => new AzurePipelineTrigger(scope, id, props, this.estate));
  }

  pretrainedModels(scope: Construct, id: string, props: PretrainedModelsProps): AzurePretrainedModels {
    return new AzurePretrainedModels(scope, id, props, this.estate);
  }

  schedule(scope: Construct, id: string, props: ScheduleProps): AzureSchedule {
    return new AzureSchedule(scope, id, props, this.estate);
  }

  secretStore(scope: Construct, id: string): AzureSecretStore {
    return new AzureSecretStore(scope, id, this.estate);
  }

  training(scope: Construct, id: string, props: TrainingProps): AzureTraining {
    return new AzureTraining(scope, id, props, this.estate);
  }

  workflowEngine(scope: Construct, id: string, props: WorkflowEngineProps): Provided<IWorkflowEngine> {
    return withImage(this.estate, "trigger", () => new AzureWorkflowEngine(scope, id, props, this.estate));
  }

  workloadIdentity(scope: Construct, id: string, props: WorkloadIdentityProps): AzureWorkloadIdentity {
    return new AzureWorkloadIdentity(scope, id, props, this.estate);
  }
}

/** A part that runs an own image; left out and named while that is not built. */
function withImage<T extends object>(estate: AzureEstate, name: ImageName, make: () => T): Provided<T> {
  if (estate.image(name) !== undefined) return make();
  const { environment } = estate.settings;
  return { lacking: imageMissing(name, `${estate.imagePrefix}/${name}`, { environment, cloud: "azure" }) };
}
