/** The resource providers, and features of theirs, that an environment uses, with the reason. Pure data; does not load the engine. */
import type { AzureFeatures, AzureSettings } from "./settings";

/** Why a resource provider is registered, and when. */
interface ProviderUse {
  /** Always, or where one of these is on: the environment's own keys, or a switch. */
  readonly when: "always" | readonly ("ownKeys" | keyof AzureFeatures)[];
  readonly reason: string;
}

const always = (reason: string) => ({ when: "always", reason }) as const;

/** By namespace, see https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/azure-services-resource-providers. */
export const RESOURCE_PROVIDERS = {
  "Microsoft.AlertsManagement": always("rules of alerts, and what becomes of them"),
  "Microsoft.App": always("container apps and jobs: QA, the pipeline trigger, rights inside databases"),
  "Microsoft.Compute": always("nodes, plain machines, their disks and quotas"),
  "Microsoft.Consumption": always("the budget"),
  "Microsoft.ContainerInstance": always("QA on a container that always runs"),
  "Microsoft.ContainerRegistry": always("images"),
  "Microsoft.ContainerService": always("the Kubernetes cluster"),
  "Microsoft.CostManagement": always("costs by tag"),
  "Microsoft.DBforMySQL": always("the metadata database of Kubeflow, where that is the orchestrator"),
  "Microsoft.DBforPostgreSQL": always("the metadata database"),
  // The workspace keeps its data in both when it has a key of its own:
  // https://learn.microsoft.com/en-us/azure/machine-learning/how-to-setup-customer-managed-keys
  "Microsoft.DocumentDB": {
    when: ["ownKeys", "featureStore"],
    reason: "the latest features, and what Azure Machine Learning keeps under the environment's own key",
  },
  "Microsoft.DevCenter": always("what a pool of build machines inside the network belongs to"),
  "Microsoft.DevOpsInfrastructure": always("build machines inside the network"),
  "Microsoft.EventGrid": always("new data, new models and drift start retraining"),
  "Microsoft.Insights": always("metrics, alerts, diagnostic settings, Application Insights"),
  "Microsoft.KeyVault": always("keys and secrets"),
  "Microsoft.MachineLearningServices": always("pipelines, models, endpoints, training"),
  "Microsoft.ManagedIdentity": always("identities of workloads, federation of CI"),
  "Microsoft.Monitor": always("figures of the cluster in the form of Prometheus"),
  "Microsoft.Network": always("the network, private endpoints, private names"),
  "Microsoft.OperationalInsights": always("logs"),
  // Azure Policy for the cluster: https://learn.microsoft.com/en-us/azure/governance/policy/concepts/policy-for-kubernetes
  "Microsoft.PolicyInsights": always("the cluster's policy add-on"),
  "Microsoft.Search": {
    when: ["ownKeys"],
    reason: "the index of Azure Machine Learning under the environment's own key",
  },
  "Microsoft.ServiceBus": always("the queue of retrain events"),
  "Microsoft.Storage": always("data, artifacts and Terraform's state"),
  "Microsoft.DataFactory": { when: ["dataIntegration", "workflowEngine"], reason: "Data Factory" },
} as const satisfies Readonly<Record<string, ProviderUse>>;

/** Namespace of a resource provider. */
export type ResourceProvider = keyof typeof RESOURCE_PROVIDERS;

/** A feature of a resource provider that a subscription asks for once. */
export interface ProviderFeature {
  readonly provider: ResourceProvider;
  readonly name: string;
  readonly reason: string;
}

/**
 * Nodes encrypt what they write before it leaves the machine; a subscription has to ask for that once.
 * https://learn.microsoft.com/en-us/azure/aks/enable-host-encryption
 */
const HOST_ENCRYPTION: ProviderFeature = {
  provider: "Microsoft.Compute",
  name: "EncryptionAtHost",
  reason: "nodes of the cluster encrypt their disks themselves",
};

/** The resource providers of an environment, sorted. */
export function resourceProvidersFor({
  features,
  ownKeys,
}: Pick<AzureSettings, "features" | "ownKeys">): readonly ResourceProvider[] {
  const names = Object.keys(RESOURCE_PROVIDERS) as ResourceProvider[];
  const chosen = names.filter((name) => {
    const { when }: ProviderUse = RESOURCE_PROVIDERS[name];
    return when === "always" || when.some((word) => (word === "ownKeys" ? ownKeys : features[word]));
  });
  return chosen.sort();
}

/** The features that its subscription must have. */
export function providerFeaturesFor({ existing }: Pick<AzureSettings, "existing">): readonly ProviderFeature[] {
  return existing.cluster === undefined ? [HOST_ENCRYPTION] : [];
}
