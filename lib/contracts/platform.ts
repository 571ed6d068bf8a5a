import type { Construct, TerraformStack } from "../framework";
import type { BudgetProps, IBudget } from "./budget";
import type { CiIdentitiesProps, ICiIdentities } from "./ci-identities";
import type { ClusterProps, ICluster } from "./cluster";
import type { DataProcessingProps, IDataIntegration, IDataProcessing } from "./data-services";
import type { DeliveryProps, IDelivery } from "./delivery";
import type { EncryptionKeyProps, IEncryptionKey } from "./encryption-key";
import type { IEventTopic } from "./event-topic";
import type { FeatureStoreProps, IFeatureStore } from "./feature-store";
import type { IImageRegistry } from "./image-registry";
import type { Layer } from "./layers";
import type { IMetadataDatabase, MetadataDatabaseProps } from "./metadata-database";
import type { IModelRegistry, ModelRegistryProps } from "./model-registry";
import type { AutoMlProps, IAutoMl, IPretrainedModels, PretrainedModelsProps } from "./model-services";
import type { IMonitoring, MonitoringProps } from "./monitoring";
import type { INetwork, NetworkProps } from "./network";
import type { INotebooks, NotebooksProps } from "./notebooks";
import type { IObjectStore, ObjectStoreProps } from "./object-store";
import type { IOrchestrator, OrchestratorProps } from "./orchestrator";
import type { IPipelineDefinitions, PipelineDefinitionsProps } from "./pipeline-definitions";
import type { IPipelineTrigger, PipelineTriggerProps } from "./pipeline-trigger";
import type { Provided } from "./provided";
import type { ISchedule, ScheduleProps } from "./schedule";
import type { ISecretStore } from "./secret-store";
import type { ContainerServiceProps, IContainerService, IModelEndpoint, ModelEndpointProps } from "./serving";
import type { ITraining, TrainingProps } from "./training";
import type { IWorkflowEngine, WorkflowEngineProps } from "./workflow-engine";
import type { IWorkloadIdentity, WorkloadIdentityProps } from "./workload-identity";

/**
 * A cloud behind the contracts. Each method makes one part of the estate in the given scope, or says why this platform
 * has none (`Lacking`). Adding a cloud is implementing this interface; the compiler lists what is missing.
 */
export interface IPlatform {
  readonly cloud: string;
  /** Layers that this platform has something in; the others make no stack. */
  readonly layers: readonly Layer[];
  /** Adds the state backend, the providers, and what the platform itself needs in a layer's stack. */
  attachTo(stack: TerraformStack, layer: Layer): void;

  autoMl(scope: Construct, id: string, props: AutoMlProps): Provided<IAutoMl>;
  budget(scope: Construct, id: string, props: BudgetProps): Provided<IBudget>;
  ciIdentities(scope: Construct, id: string, props: CiIdentitiesProps): Provided<ICiIdentities>;
  cluster(scope: Construct, id: string, props: ClusterProps): Provided<ICluster>;
  containerService(scope: Construct, id: string, props: ContainerServiceProps): Provided<IContainerService>;
  dataIntegration(scope: Construct, id: string): Provided<IDataIntegration>;
  dataProcessing(scope: Construct, id: string, props: DataProcessingProps): Provided<IDataProcessing>;
  delivery(scope: Construct, id: string, props: DeliveryProps): Provided<IDelivery>;
  encryptionKey(scope: Construct, id: string, props: EncryptionKeyProps): Provided<IEncryptionKey>;
  eventTopic(scope: Construct, id: string): Provided<IEventTopic>;
  featureStore(scope: Construct, id: string, props: FeatureStoreProps): Provided<IFeatureStore>;
  imageRegistry(scope: Construct, id: string): Provided<IImageRegistry>;
  metadataDatabase(scope: Construct, id: string, props: MetadataDatabaseProps): Provided<IMetadataDatabase>;
  modelEndpoint(scope: Construct, id: string, props: ModelEndpointProps): Provided<IModelEndpoint>;
  modelRegistry(scope: Construct, id: string, props: ModelRegistryProps): Provided<IModelRegistry>;
  monitoring(scope: Construct, id: string, props: MonitoringProps): Provided<IMonitoring>;
  network(scope: Construct, id: string, props: NetworkProps): Provided<INetwork>;
  notebooks(scope: Construct, id: string, props: NotebooksProps): Provided<INotebooks>;
  objectStore(scope: Construct, id: string, props: ObjectStoreProps): Provided<IObjectStore>;
  orchestrator(scope: Construct, id: string, props: OrchestratorProps): Provided<IOrchestrator>;
  pipelineDefinitions(scope: Construct, id: string, props: PipelineDefinitionsProps): Provided<IPipelineDefinitions>;
  pipelineTrigger(scope: Construct, id: string, props: PipelineTriggerProps): Provided<IPipelineTrigger>;
  pretrainedModels(scope: Construct, id: string, props: PretrainedModelsProps): Provided<IPretrainedModels>;
  schedule(scope: Construct, id: string, props: ScheduleProps): Provided<ISchedule>;
  secretStore(scope: Construct, id: string): Provided<ISecretStore>;
  training(scope: Construct, id: string, props: TrainingProps): Provided<ITraining>;
  workflowEngine(scope: Construct, id: string, props: WorkflowEngineProps): Provided<IWorkflowEngine>;
  workloadIdentity(scope: Construct, id: string, props: WorkloadIdentityProps): Provided<IWorkloadIdentity>;
}
