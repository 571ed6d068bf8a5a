import type { Construct, TerraformStack } from "../framework";
import type { BudgetProps, IBudget } from "./budget";
import type { ClusterProps, ICluster } from "./cluster";
import type { DeliveryProps, IDelivery } from "./delivery";
import type { EncryptionKeyProps, IEncryptionKey } from "./encryption-key";
import type { IEventTopic } from "./event-topic";
import type { IFeatureStore } from "./feature-store";
import type { IImageRegistry } from "./image-registry";
import type { Layer } from "./layers";
import type { IMetadataDatabase, MetadataDatabaseProps } from "./metadata-database";
import type { IModelRegistry, ModelRegistryProps } from "./model-registry";
import type { IMonitoring } from "./monitoring";
import type { INetwork, NetworkProps } from "./network";
import type { INotebooks, NotebooksProps } from "./notebooks";
import type { IObjectStore, ObjectStoreProps } from "./object-store";
import type { IOrchestrator, OrchestratorProps } from "./orchestrator";
import type { Provided } from "./provided";
import type { ISchedule, ScheduleProps } from "./schedule";
import type { ISecretStore } from "./secret-store";
import type { IContainerService, IModelEndpoint, ModelEndpointProps, ModelServerProps } from "./serving";
import type { IWorkloadIdentity, WorkloadIdentityProps } from "./workload-identity";

/**
 * A cloud behind the contracts. Each method makes one part of the estate in the given scope, or says why this platform
 * has none (`Lacking`). Adding a cloud is implementing this interface; the compiler lists what is missing.
 */
export interface IPlatform {
  readonly cloud: string;
  /** Layers that this platform has something in; the others make no stack. */
  readonly layers: readonly Layer[];
  /** Adds the state backend and the providers that a layer's stack needs. */
  attachTo(stack: TerraformStack, layer: Layer): void;

  budget(scope: Construct, id: string, props: BudgetProps): Provided<IBudget>;
  cluster(scope: Construct, id: string, props: ClusterProps): Provided<ICluster>;
  containerService(scope: Construct, id: string, props: ModelServerProps): Provided<IContainerService>;
  delivery(scope: Construct, id: string, props: DeliveryProps): Provided<IDelivery>;
  encryptionKey(scope: Construct, id: string, props: EncryptionKeyProps): Provided<IEncryptionKey>;
  eventTopic(scope: Construct, id: string): Provided<IEventTopic>;
  featureStore(scope: Construct, id: string): Provided<IFeatureStore>;
  imageRegistry(scope: Construct, id: string): Provided<IImageRegistry>;
  metadataDatabase(scope: Construct, id: string, props: MetadataDatabaseProps): Provided<IMetadataDatabase>;
  modelEndpoint(scope: Construct, id: string, props: ModelEndpointProps): Provided<IModelEndpoint>;
  modelRegistry(scope: Construct, id: string, props: ModelRegistryProps): Provided<IModelRegistry>;
  monitoring(scope: Construct, id: string): Provided<IMonitoring>;
  network(scope: Construct, id: string, props: NetworkProps): Provided<INetwork>;
  notebooks(scope: Construct, id: string, props: NotebooksProps): Provided<INotebooks>;
  objectStore(scope: Construct, id: string, props: ObjectStoreProps): Provided<IObjectStore>;
  orchestrator(scope: Construct, id: string, props: OrchestratorProps): Provided<IOrchestrator>;
  schedule(scope: Construct, id: string, props: ScheduleProps): Provided<ISchedule>;
  secretStore(scope: Construct, id: string): Provided<ISecretStore>;
  workloadIdentity(scope: Construct, id: string, props: WorkloadIdentityProps): Provided<IWorkloadIdentity>;
}
