/**
 * Products that were switched off, closed or superseded, each with what took its place. A stack that has one is refused,
 * and so is source code that calls one. Does not load the engine.
 */

/** A product of the past. */
export interface RetiredProduct {
  readonly product: string;
  /** The day it ended, closed or was superseded, YYYY-MM-DD; the month's first where no day is published. */
  readonly since: string;
  readonly successor: string;
  readonly source: string;
  /** Resource types of it. @default - it has none of its own */
  readonly types?: RegExp;
  /** Resources of other types that are it. Attributes are as Terraform reads them. @default - none */
  readonly settings?: { readonly type: string; readonly isIt: (attributes: unknown) => boolean };
  /** How source code and documents call it: packages, commands, addresses. @default - it leaves no trace there */
  readonly calls?: RegExp;
}

/** The table. */
export const RETIRED: readonly RetiredProduct[] = [
  {
    product: "Azure ML SDK v1",
    since: "2026-06-30",
    successor: "Azure ML SDK v2 (azure-ai-ml) and the REST API",
    source: "https://learn.microsoft.com/en-us/azure/machine-learning/how-to-migrate-from-v1",
    calls: /\bazureml[-.]?(core|sdk|pipeline-core|train-core)\b|\bfrom azureml\.(core|pipeline|train)\b/,
  },
  {
    product: "Azure ML CLI v1",
    since: "2025-09-30",
    successor: "Azure ML CLI v2 (az extension ml)",
    source: "https://learn.microsoft.com/en-us/azure/machine-learning/how-to-configure-cli",
    calls:
      /\bazure-cli-ml\b|\baz ml (run submit-script|folder attach|computetarget|experiment|pipeline (run|create-draft))\b/,
  },
  {
    product: "Azure ML workspace in v1 legacy mode",
    since: "2026-06-30",
    successor: "a workspace with the v2 API",
    source: "https://learn.microsoft.com/en-us/azure/machine-learning/how-to-configure-network-isolation-with-v2",
    settings: {
      type: "azurerm_machine_learning_workspace",
      isIt: (attributes) => setting(attributes, "v1_legacy_mode_enabled") === true,
    },
  },
  {
    product: "Azure ML web services on Container Instances and AKS (v1)",
    since: "2026-06-30",
    successor: "managed or Kubernetes online endpoints; Container Apps for QA",
    source: "https://learn.microsoft.com/en-us/azure/machine-learning/migrate-to-v2-deploy-endpoints",
    types: /^azurerm_machine_learning_inference_cluster$/,
    calls: /\b(Aci|Aks)Webservice\b|\bMicrosoft\.MachineLearningServices\/workspaces\/services\b/,
  },
  {
    product: "classic Application Insights",
    since: "2024-02-29",
    successor: "Application Insights in a Log Analytics workspace",
    source: "https://learn.microsoft.com/en-us/azure/azure-monitor/app/convert-classic-resource",
    settings: {
      type: "azurerm_application_insights",
      isIt: (attributes) => setting(attributes, "workspace_id") === undefined,
    },
  },
  {
    product: "low-priority machines of Azure Batch",
    since: "2025-09-30",
    successor: "Spot machines",
    source: "https://learn.microsoft.com/en-us/azure/batch/low-priority-vms-retirement-migration-guide",
    types: /^azurerm_batch_/,
  },
  {
    product: "Azure AI services as a resource of its own",
    since: "2026-08-01",
    successor: "a Cognitive Services account of kind AIServices",
    source: "https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/5.0-upgrade-guide",
    types: /^azurerm_(ai_services|ai_foundry|ai_foundry_project)$/,
  },
  {
    product: "virtual machines with default outbound access",
    since: "2025-09-30",
    successor: "a NAT gateway",
    source: "https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/default-outbound-access",
    settings: {
      type: "azurerm_subnet",
      isIt: (attributes) => setting(attributes, "default_outbound_access_enabled") !== false,
    },
  },
  {
    product: "Basic public addresses",
    since: "2025-09-30",
    successor: "Standard public addresses",
    source: "https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance",
    settings: { type: "azurerm_public_ip", isIt: (attributes) => setting(attributes, "sku") === "Basic" },
  },
  {
    product: "PostgreSQL and MySQL single servers",
    since: "2025-03-28",
    successor: "flexible servers",
    source: "https://learn.microsoft.com/en-us/azure/postgresql/migrate/whats-happening-to-postgresql-single-server",
    types: /^azurerm_(postgresql|mysql|mariadb)_(server|database|configuration|firewall_rule)$/,
  },
  {
    product: "pod identity of AKS",
    since: "2025-09-30",
    successor: "Entra Workload ID",
    source: "https://learn.microsoft.com/en-us/azure/aks/use-azure-ad-pod-identity",
    calls: /\baadpodidbinding\b|\bAzureIdentityBinding\b/,
  },
  {
    product: "AI Platform (Training, Prediction, Notebooks)",
    since: "2025-01-31",
    successor: "Vertex AI custom jobs, endpoints and Workbench instances",
    source: "https://cloud.google.com/ai-platform/docs/deprecations",
    types: /^google_(ml_engine_model|notebooks_(instance|runtime|environment))(_iam_\w+)?$/,
    calls: /\bgcloud ai-platform\b|\bml\.googleapis\.com\b|(?<!ai)\bnotebooks\.googleapis\.com\/v1\b/,
  },
  {
    product: "Container Registry",
    since: "2025-03-18",
    successor: "Artifact Registry",
    source: "https://cloud.google.com/artifact-registry/docs/transition/transition-from-gcr",
    types: /^google_container_registry(_iam_\w+)?$/,
    calls:
      /\b(?:[a-z]+\.)?gcr\.io\/(?!google-containers|distroless|cloud-builders|kaniko-project|go-containerregistry|cloud-sql-connectors)[a-z]/,
  },
  {
    product: "Cloud Source Repositories",
    since: "2024-06-17",
    successor: "Secure Source Manager, or a connection to GitHub, GitLab or Bitbucket",
    source: "https://cloud.google.com/source-repositories/docs/release-notes",
    types: /^google_sourcerepo_/,
    calls: /\bsource\.developers\.google\.com\b/,
  },
  {
    product: "Cloud Functions, first generation",
    since: "2024-08-21",
    successor: "Cloud Run functions, Cloud Run",
    source: "https://cloud.google.com/functions/docs/release-notes",
    types: /^google_cloudfunctions_function(_iam_\w+)?$/,
  },
  {
    product: "Vertex AI Feature Store (Legacy)",
    since: "2026-05-17",
    successor: "Feature Store on BigQuery",
    source: "https://cloud.google.com/vertex-ai/docs/featurestore",
    types: /^google_vertex_ai_featurestore/,
    calls: /\baiplatform\.Featurestore\b/,
  },
  {
    product: "Cloud Composer 1 and 2",
    since: "2026-09-15",
    successor: "Cloud Composer 3",
    source: "https://cloud.google.com/composer/docs/composer-versioning-overview",
    settings: {
      type: "google_composer_environment",
      isIt: (attributes) => {
        const image = setting(attributes, "config", "software_config", "image_version");
        return typeof image !== "string" || !image.startsWith("composer-3-");
      },
    },
  },
  {
    product: "AutoML Tables",
    since: "2024-03-31",
    successor: "Vertex AI AutoML",
    source: "https://cloud.google.com/automl-tables/docs/deprecations",
    calls: /\bautoml\.googleapis\.com\b|\bgoogle[.-]cloud[.-]automl\b/,
  },
  {
    product: "Kubeflow Pipelines SDK v1",
    since: "2024-01-01",
    successor: "the KFP SDK 2 with its intermediate representation",
    source: "https://www.kubeflow.org/docs/components/pipelines/user-guides/migration/",
    calls: /\bfunc_to_container_op\b|\bkfp\.dsl\.ContainerOp\b|\bContainerOp\(|\bComponentStore\(/,
  },
  {
    product: "Training Operator v1",
    since: "2025-07-01",
    successor: "Kubeflow Trainer v2",
    source: "https://www.kubeflow.org/docs/components/trainer/operator-guides/migration/",
    calls: /\bkind: (TFJob|PyTorchJob|MPIJob|XGBoostJob|PaddleJob)\b/,
  },
];

/** What a resource is of the past, in words; nothing when it is of today. */
export function retiredAs(type: string, attributes: unknown): RetiredProduct | undefined {
  return RETIRED.find(
    ({ types, settings }) => types?.test(type) || (settings?.type === type && settings.isIt(attributes)),
  );
}

/** What a text calls that is of the past. */
export function retiredIn(text: string): readonly RetiredProduct[] {
  return RETIRED.filter(({ calls }) => calls?.test(text));
}

/** A value inside; of a list of blocks, in the first. */
function setting(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => {
    const block = Array.isArray(at) ? at[0] : at;
    return typeof block === "object" && block !== null ? (block as Readonly<Record<string, unknown>>)[key] : undefined;
  }, value);
}
