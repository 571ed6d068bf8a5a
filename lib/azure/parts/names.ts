/** Names, ids and addresses on Azure that follow from the settings alone. Does not load the engine. */
import type { KeyUse } from "../../contracts/encryption-key";
import type { ObjectStorePurpose } from "../../contracts/object-store";
import type { SizeClass } from "../../contracts/sizes";
import type { ImageName } from "../../core/images";
import { NAME_RULES, type NameKind, type NameRule } from "../../core/name-rules";
import { nameFor } from "../../core/naming";
import { type AzureService, type MachineType, machineTypeFor } from "../../core/sizes";
import { PRIVATE_ZONES, type PrivateZone } from "./private-zones";
import type { AzureSettings } from "./settings";

/** Kinds of names on this cloud, without its word. */
type AzureNameKind = NameKind extends infer K ? (K extends `azure.${infer Kind}` ? Kind : never) : never;

/**
 * Subnets of an environment's network. `nodes`: the cluster. `controlPlane`: delegated to the cluster's API server
 * (`Microsoft.ContainerService/managedClusters`); takes 443 and 4443 from the nodes and 9988 from Azure's load balancer, and
 * reaches the vault's endpoint at 443. `endpoints`: private endpoints of Azure's services. `database` and
 * `pipelineStore`: delegated to PostgreSQL and to MySQL. `apps`: delegated to Container Apps. `containers`: delegated to
 * Container Instances. `instances`: plain machines and internal load balancers. `runners`: machines that build.
 */
export const SUBNETS = [
  "nodes",
  "controlPlane",
  "endpoints",
  "database",
  "pipelineStore",
  "apps",
  "containers",
  "instances",
  "runners",
] as const;
/** One of the subnets. */
export type SubnetRole = (typeof SUBNETS)[number];

/** Folder of the artifacts that a run's steps write what they pass on into; what lies there may expire. */
export const PIPELINE_FOLDER = "pipelines";

/** An environment's names: computed, so that no layer reads another one's state for them. */
export class AzureNames {
  constructor(readonly settings: AzureSettings) {}

  /** The name of a resource by its role, unique in the resource group or beyond it. */
  name(kind: AzureNameKind, role: string): string {
    const { organisation, environment, subscription, nameSalt } = this.settings;
    const { unique }: NameRule = NAME_RULES[`azure.${kind}`];
    // Names that are unique across all customers get the subscription's id into their digest.
    const salt = unique === "global" ? [subscription, nameSalt].filter(Boolean).join(" ") : undefined;
    return nameFor(`azure.${kind}`, { organisation, environment, role, salt });
  }

  /** Name of the group that everything stands in. */
  get resourceGroup(): string {
    return this.settings.resourceGroup ?? this.name("resourceGroup", "ml");
  }

  /** `/subscriptions/…/resourceGroups/NAME`. */
  get resourceGroupId(): string {
    return `/subscriptions/${this.settings.subscription}/resourceGroups/${this.resourceGroup}`;
  }

  /** Id of a resource in the group: `id("Microsoft.KeyVault/vaults", name)`. */
  id(type: string, name: string): string {
    return `${this.resourceGroupId}/providers/${type}/${name}`;
  }

  /** Id of a built-in role, which are the same in every subscription. */
  roleDefinition(guid: string): string {
    return `/subscriptions/${this.settings.subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
  }

  /** The first zone: where zonal resources stand; undefined in a region without zones. */
  get zone(): string | undefined {
    return this.settings.zones[0];
  }

  /** Storage account of one purpose; its container has the purpose's own name. */
  storageAccount(purpose: ObjectStorePurpose): string {
    return this.name("storageAccount", purpose);
  }

  storageAccountId(purpose: ObjectStorePurpose): string {
    return this.id("Microsoft.Storage/storageAccounts", this.storageAccount(purpose));
  }

  /** Scope of rights on one container. */
  containerId(purpose: ObjectStorePurpose): string {
    return `${this.storageAccountId(purpose)}/blobServices/default/containers/${purpose}`;
  }

  /** `https://ACCOUNT.blob.core.windows.net/CONTAINER`. */
  containerUri(purpose: ObjectStorePurpose): string {
    return `https://${this.storageAccount(purpose)}.blob.core.windows.net/${purpose}`;
  }

  /** Resource group of Terraform's state. */
  get stateResourceGroup(): string {
    const { backend } = this.settings;
    return (backend.type === "azurerm" ? backend.resourceGroup : undefined) ?? this.name("resourceGroup", "state");
  }

  /** Storage account of Terraform's state. */
  get stateAccount(): string {
    const { backend } = this.settings;
    return (backend.type === "azurerm" ? backend.storageAccount : undefined) ?? this.name("storageAccount", "state");
  }

  /** Place of a layer's state in its container. Holds the cloud's word, so that a swap never plans the other's destruction. */
  stateKey(layer: string): string {
    return `${this.statePrefix}${layer}.tfstate`;
  }

  /** Beginning of the names of the environment's states, and of no other's. */
  get statePrefix(): string {
    return `azure/${this.settings.environment}/`;
  }

  /** Id of the container of the states, the scope of rights on them; undefined when they are kept on this machine. */
  get stateContainerId(): string | undefined {
    const { backend, subscription } = this.settings;
    if (backend.type !== "azurerm") return undefined;
    const account = `Microsoft.Storage/storageAccounts/${this.stateAccount}`;
    return `/subscriptions/${subscription}/resourceGroups/${this.stateResourceGroup}/providers/${account}/blobServices/default/containers/${backend.container}`;
  }

  /** Id of the virtual network, made or found. */
  get network(): string {
    return this.settings.existing.network ?? this.id("Microsoft.Network/virtualNetworks", this.name("network", "ml"));
  }

  subnet(role: SubnetRole): string {
    return `${this.network}/subnets/${this.subnetName(role)}`;
  }

  /** In a network that others use, too, the environment's name keeps its subnets apart. */
  subnetName(role: SubnetRole): string {
    const word = role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const { existing, organisation, environment } = this.settings;
    return this.name("subnet", existing.network ? `${organisation}-${environment}-${word}` : word);
  }

  /** Id of the zone that a service's private endpoints are named in. */
  privateZone(zone: PrivateZone): string {
    const group = this.settings.existing.privateDnsZones ?? this.resourceGroupId;
    return `${group}/providers/Microsoft.Network/privateDnsZones/${PRIVATE_ZONES[zone]}`;
  }

  /** Id of the Key Vault. */
  get vaultId(): string {
    const { existing } = this.settings;
    return existing.vault ?? this.id("Microsoft.KeyVault/vaults", this.name("keyVault", "ml"));
  }

  /** `https://NAME.vault.azure.net`. */
  get vaultUri(): string {
    return `https://${this.vaultId.split("/").at(-1)}.vault.azure.net`;
  }

  /** Id of a key, the scope of rights on it; undefined when the environment uses Azure's own keys. */
  keyId(use: KeyUse): string | undefined {
    return this.settings.ownKeys ? `${this.vaultId}/keys/${this.name("key", this.inVault(use))}` : undefined;
  }

  /** Address of a key without a version, so that a rotated key is taken at once; undefined when Azure's own keys encrypt. */
  keyUri(use: KeyUse): string | undefined {
    return this.settings.ownKeys ? `${this.vaultUri}/keys/${this.name("key", this.inVault(use))}` : undefined;
  }

  /** Address of a secret, without a version. */
  secretUri(name: string): string {
    return `${this.vaultUri}/secrets/${this.name("secret", this.inVault(name))}`;
  }

  /** Id of a secret, the scope of rights on it. */
  secretId(name: string): string {
    return `${this.vaultId}/secrets/${this.name("secret", this.inVault(name))}`;
  }

  /** In a vault that others use, too, the environment's name keeps its keys and secrets apart. */
  private inVault(name: string): string {
    const { existing, organisation, environment } = this.settings;
    return existing.vault ? `${organisation}-${environment}-${name}` : name;
  }

  /** Id of the user-assigned identity of a workload. `encryption`: who unwraps the environment's own keys. */
  identity(workload: string): string {
    return this.id("Microsoft.ManagedIdentity/userAssignedIdentities", this.identityName(workload));
  }

  /** Its name, also its user name in the databases. */
  identityName(workload: string): string {
    return this.name("managedIdentity", workload);
  }

  /** Name of the container registry; its login server is `NAME.azurecr.io`. */
  get registry(): string {
    return this.name("imageRegistry", "images");
  }

  get registryId(): string {
    return this.id("Microsoft.ContainerRegistry/registries", this.registry);
  }

  /** Host and path before an image's name. */
  get imagePrefix(): string {
    return `${this.registry}.azurecr.io`;
  }

  /** An image by its digest; undefined while it is not built. */
  image(name: ImageName): string | undefined {
    const digest = this.settings.images[name];
    return digest === undefined ? undefined : `${this.imagePrefix}/${name}@${digest}`;
  }

  /** The same where it must be there: what runs an own image is made only when that is built. */
  builtImage(name: ImageName): string {
    const image = this.image(name);
    if (image === undefined) throw new Error(`the image ${name} is used, and not built`);
    return image;
  }

  /** Name of the PostgreSQL server; its host is `NAME.postgres.database.azure.com`. */
  get databaseServer(): string {
    return this.name("postgresServer", "metadata");
  }

  get databaseHost(): string {
    return `${this.databaseServer}.postgres.database.azure.com`;
  }

  /** Name of the job that gives a layer's identities their rights in the databases. */
  databaseAccessJob(layer: string): string {
    return this.name("containerApp", `database-access-${layer}`);
  }

  /** Namespace of the queue that carries `retrain` events. */
  get eventNamespace(): string {
    return this.name("eventNamespace", "events");
  }

  /** Id of that queue. */
  get retrainQueue(): string {
    return `${this.id("Microsoft.ServiceBus/namespaces", this.eventNamespace)}/queues/retrain`;
  }

  /** Id of the cluster, made or found. */
  get cluster(): string {
    const { existing } = this.settings;
    return existing.cluster ?? this.id("Microsoft.ContainerService/managedClusters", this.name("cluster", "ml"));
  }

  /** Name of the group that Azure puts the cluster's machines into. */
  get nodeResourceGroup(): string {
    return this.name("resourceGroup", "nodes");
  }

  /** Id of the workspace that keeps figures in the form of Prometheus. */
  get metrics(): string {
    return this.id("Microsoft.Monitor/accounts", this.name("metricsWorkspace", "ml"));
  }

  /** Id of the Log Analytics workspace. */
  get logs(): string {
    return this.id("Microsoft.OperationalInsights/workspaces", this.name("logAnalytics", "ml"));
  }

  /** Id of Application Insights. */
  get insights(): string {
    return this.id("Microsoft.Insights/components", this.name("applicationInsights", "ml"));
  }

  /** Id of the environment that container apps run in. */
  get containerEnvironment(): string {
    return this.id("Microsoft.App/managedEnvironments", this.name("containerEnvironment", "ml"));
  }

  /** Name of the Azure ML workspace. */
  get workspace(): string {
    return this.name("mlWorkspace", "ml");
  }

  get workspaceId(): string {
    return this.id("Microsoft.MachineLearningServices/workspaces", this.workspace);
  }

  /** Value for MLFLOW_TRACKING_URI, https://learn.microsoft.com/en-us/azure/machine-learning/how-to-use-mlflow-configure-tracking. */
  get trackingUri(): string {
    return `azureml://${this.settings.region}.api.azureml.ms/mlflow/v1.0${this.workspaceId}`;
  }

  /** What a size class is here. @param service that takes fewer series. @default - a virtual machine, or PostgreSQL */
  machine(size: SizeClass, service?: AzureService): MachineType {
    const chosen = this.settings.machineTypes[size];
    const machine = machineTypeFor("azure", size, service);
    return chosen ? { ...machine, type: chosen } : machine;
  }
}
