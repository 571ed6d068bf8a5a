/**
 * What each cloud accepts as a name, as data. Does not load the engine.
 * Generated names use lower-case letters, digits and the separator only, whatever more the cloud would take.
 */

/** Where a name must be unique. `parent`: within the resource it belongs to, so the role alone is the name. */
export type Uniqueness = "global" | "project" | "parent";

/** What a cloud takes as the name of one kind of resource. */
export interface NameRule {
  /** Characters. */
  readonly min: number;
  /** Characters. */
  readonly max: number;
  /** Between the parts; empty where the cloud takes letters and digits only. */
  readonly separator: "-" | "_" | "";
  readonly start: "letter" | "alphanumeric";
  readonly unique: Uniqueness;
  /** Beginnings that the cloud keeps for itself. @default - none */
  readonly reservedPrefixes?: readonly string[];
  /** Words that must not stand anywhere in the name. @default - none */
  readonly reservedWords?: readonly string[];
  /** How a name must not end. @default - as it likes */
  readonly reservedEnd?: RegExp;
  /** Document that the limits are from. */
  readonly source: string;
}

const COMPUTE = "https://cloud.google.com/compute/docs/naming-resources";
const PUBSUB = "https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names";
const ML_COMPUTE = "https://learn.microsoft.com/en-us/rest/api/azureml/compute/create-or-update#uri-parameters";
const AZURE = "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-name-rules";

/** A letter first, dashes between, unique in the project (Google Cloud) or resource group (Azure): the common case. */
function rule(min: number, max: number, source: string, other: Partial<NameRule> = {}): NameRule {
  return { min, max, separator: "-", start: "letter", unique: "project", source, ...other };
}

const GLOBAL = { unique: "global" } as const;
const PARENT = { unique: "parent" } as const;
const GOOG = { reservedPrefixes: ["goog"] } as const;

/** Rules by `<cloud>.<kind>`. */
export const NAME_RULES = {
  "gcp.bucket": rule(3, 63, "https://cloud.google.com/storage/docs/buckets#naming", {
    ...GLOBAL,
    ...GOOG,
    start: "alphanumeric",
    reservedWords: ["google", "g00gle", "go0gle", "g0ogle"],
  }),
  "gcp.cluster": rule(
    1,
    40,
    "https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters",
  ),
  "gcp.nodePool": rule(
    1,
    40,
    "https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools",
    PARENT,
  ),
  "gcp.serviceAccount": rule(6, 30, "https://cloud.google.com/iam/docs/service-accounts-create"),
  "gcp.workloadIdentityPool": rule(
    4,
    32,
    "https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/create",
    { reservedPrefixes: ["gcp-"] },
  ),
  "gcp.workloadIdentityProvider": rule(
    4,
    32,
    "https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers/create",
    { ...PARENT, reservedPrefixes: ["gcp-"] },
  ),
  "gcp.customRole": rule(3, 64, "https://cloud.google.com/iam/docs/creating-custom-roles", { separator: "_" }),
  // An instance's name and its project's id may have 98 characters together; a project's id has up to 30.
  "gcp.sqlInstance": rule(1, 67, "https://cloud.google.com/sql/docs/postgres/instance-settings"),
  "gcp.imageRegistry": rule(1, 63, "https://cloud.google.com/artifact-registry/docs/repositories/create-repos"),
  "gcp.network": rule(1, 63, COMPUTE),
  "gcp.subnet": rule(1, 63, COMPUTE),
  "gcp.router": rule(1, 63, COMPUTE),
  "gcp.firewall": rule(1, 63, COMPUTE),
  "gcp.route": rule(1, 63, COMPUTE),
  "gcp.address": rule(1, 63, COMPUTE),
  "gcp.instance": rule(1, 63, COMPUTE),
  "gcp.dnsZone": rule(1, 63, "https://cloud.google.com/dns/docs/reference/rest/v1/managedZones"),
  "gcp.notebook": rule(1, 63, COMPUTE),
  "gcp.keyRing": rule(1, 63, "https://cloud.google.com/kms/docs/resource-hierarchy"),
  "gcp.key": rule(1, 63, "https://cloud.google.com/kms/docs/resource-hierarchy", PARENT),
  "gcp.secret": rule(1, 255, "https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create"),
  "gcp.topic": rule(3, 255, PUBSUB, GOOG),
  "gcp.subscription": rule(3, 255, PUBSUB, GOOG),
  "gcp.runService": rule(1, 49, "https://cloud.google.com/run/docs/deploying"),
  "gcp.dataset": rule(1, 1024, "https://cloud.google.com/bigquery/docs/datasets#dataset-naming", { separator: "_" }),
  "gcp.featureStore": rule(
    1,
    60,
    "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.featureOnlineStores/create",
    { separator: "_" },
  ),
  "gcp.featureView": rule(
    1,
    60,
    "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.featureOnlineStores.featureViews/create",
    { ...PARENT, separator: "_" },
  ),
  "gcp.vertexEndpoint": rule(
    1,
    128,
    "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints",
  ),
  "gcp.featureGroup": rule(
    1,
    60,
    "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.featureGroups/create",
    { separator: "_" },
  ),
  "gcp.logSink": rule(1, 100, "https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks"),
  // Part of a metric's name in PromQL, which takes no dashes.
  "gcp.logMetric": rule(1, 100, "https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics", {
    separator: "_",
  }),
  "gcp.monitoringService": rule(
    1,
    63,
    "https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring/api/identifying-custom-services",
  ),
  "gcp.buildTrigger": rule(1, 64, "https://cloud.google.com/build/docs/api/reference/rest/v1/projects.triggers"),
  "gcp.sourceConnection": rule(
    1,
    63,
    "https://cloud.google.com/build/docs/api/reference/rest/v2/projects.locations.connections/create",
  ),
  "gcp.sourceRepository": rule(
    1,
    63,
    "https://cloud.google.com/build/docs/api/reference/rest/v2/projects.locations.connections.repositories/create",
    PARENT,
  ),
  "gcp.sourceInstance": rule(
    1,
    63,
    "https://cloud.google.com/secure-source-manager/docs/reference/rest/v1/projects.locations.instances/create",
  ),
  "gcp.workerPool": rule(
    1,
    63,
    "https://cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.workerPools/create",
  ),
  "gcp.eventTrigger": rule(
    1,
    63,
    "https://cloud.google.com/eventarc/docs/reference/rest/v1/projects.locations.triggers/create",
  ),
  "gcp.schedulerJob": rule(1, 500, "https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs"),
  "gcp.dataFusion": rule(
    1,
    30,
    "https://cloud.google.com/data-fusion/docs/reference/rest/v1/projects.locations.instances/create",
  ),
  "gcp.composer": rule(
    1,
    63,
    "https://cloud.google.com/composer/docs/reference/rest/v1/projects.locations.environments",
  ),
  "gcp.autoscalingPolicy": rule(
    3,
    50,
    "https://cloud.google.com/dataproc/docs/reference/rest/v1/projects.regions.autoscalingPolicies",
  ),
  "gcp.networkAttachment": rule(1, 63, COMPUTE),

  "azure.resourceGroup": rule(1, 90, `${AZURE}#microsoftresources`),
  "azure.storageAccount": rule(3, 24, `${AZURE}#microsoftstorage`, { ...GLOBAL, separator: "", start: "alphanumeric" }),
  "azure.storageContainer": rule(3, 63, `${AZURE}#microsoftstorage`, { ...PARENT, start: "alphanumeric" }),
  "azure.keyVault": rule(3, 24, `${AZURE}#microsoftkeyvault`, GLOBAL),
  "azure.secret": rule(1, 127, `${AZURE}#microsoftkeyvault`, { ...PARENT, start: "alphanumeric" }),
  "azure.key": rule(1, 127, `${AZURE}#microsoftkeyvault`, { ...PARENT, start: "alphanumeric" }),
  "azure.imageRegistry": rule(5, 50, `${AZURE}#microsoftcontainerregistry`, {
    ...GLOBAL,
    separator: "",
    start: "alphanumeric",
  }),
  "azure.cluster": rule(1, 63, `${AZURE}#microsoftcontainerservice`, { start: "alphanumeric" }),
  "azure.nodePool": rule(1, 12, "https://learn.microsoft.com/en-us/azure/aks/create-node-pools", {
    ...PARENT,
    separator: "",
  }),
  "azure.mlWorkspace": rule(3, 33, `${AZURE}#microsoftmachinelearningservices`, { start: "alphanumeric" }),
  // 32 characters by azurerm, 24 by the newest versions of the interface, which take no number after the last dash.
  "azure.mlCompute": rule(3, 24, ML_COMPUTE, { ...PARENT, reservedEnd: /-\d+$/ }),
  // Part of an address, so it is unique in its region, across customers.
  "azure.mlComputeInstance": rule(4, 24, ML_COMPUTE, { ...GLOBAL, reservedEnd: /-\d+$/ }),
  // The endpoint's name is part of its address, so it is unique in its region, across customers.
  "azure.mlEndpoint": rule(
    3,
    32,
    "https://learn.microsoft.com/en-us/azure/machine-learning/how-to-manage-quotas",
    GLOBAL,
  ),
  "azure.postgresServer": rule(3, 63, `${AZURE}#microsoftdbforpostgresql`, { ...GLOBAL, start: "alphanumeric" }),
  "azure.mysqlServer": rule(3, 63, `${AZURE}#microsoftdbformysql`, { ...GLOBAL, start: "alphanumeric" }),
  "azure.managedIdentity": rule(3, 128, `${AZURE}#microsoftmanagedidentity`, { start: "alphanumeric" }),
  "azure.federatedCredential": rule(
    3,
    120,
    "https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations",
    PARENT,
  ),
  "azure.containerApp": rule(2, 32, `${AZURE}#microsoftapp`),
  "azure.containerGroup": rule(1, 63, `${AZURE}#microsoftcontainerinstance`, { start: "alphanumeric" }),
  "azure.network": rule(2, 64, `${AZURE}#microsoftnetwork`, { start: "alphanumeric" }),
  "azure.subnet": rule(1, 80, `${AZURE}#microsoftnetwork`, { ...PARENT, start: "alphanumeric" }),
  "azure.securityGroup": rule(1, 80, `${AZURE}#microsoftnetwork`, { start: "alphanumeric" }),
  "azure.natGateway": rule(1, 80, `${AZURE}#microsoftnetwork`, { start: "alphanumeric" }),
  "azure.address": rule(1, 80, `${AZURE}#microsoftnetwork`, { start: "alphanumeric" }),
  "azure.privateEndpoint": rule(2, 64, `${AZURE}#microsoftnetwork`, { start: "alphanumeric" }),
  "azure.networkInterface": rule(1, 80, `${AZURE}#microsoftnetwork`, { start: "alphanumeric" }),
  "azure.virtualMachine": rule(1, 64, `${AZURE}#microsoftcompute`, { start: "alphanumeric" }),
  "azure.logAnalytics": rule(4, 63, `${AZURE}#microsoftoperationalinsights`, { start: "alphanumeric" }),
  "azure.applicationInsights": rule(1, 260, `${AZURE}#microsoftinsights`),
  "azure.eventTopic": rule(3, 50, `${AZURE}#microsofteventgrid`, GLOBAL),
  "azure.eventSubscription": rule(3, 64, `${AZURE}#microsofteventgrid`, PARENT),
  "azure.eventNamespace": rule(6, 50, `${AZURE}#microsoftservicebus`, { ...GLOBAL, reservedEnd: /-(sb|mgmt)$/ }),
  "azure.cosmosAccount": rule(3, 44, `${AZURE}#microsoftdocumentdb`, { ...GLOBAL, start: "alphanumeric" }),
  // 60, of which azurerm takes the last one as a letter only; the same of a Dapr component.
  "azure.containerEnvironment": rule(2, 59, `${AZURE}#microsoftapp`),
  "azure.dataFactory": rule(3, 63, `${AZURE}#microsoftdatafactory`, { ...GLOBAL, start: "alphanumeric" }),
  "azure.daprComponent": rule(1, 59, "https://learn.microsoft.com/en-us/azure/container-apps/dapr-components", PARENT),
  "azure.mlData": rule(1, 255, "https://learn.microsoft.com/en-us/azure/machine-learning/how-to-create-data-assets", {
    ...PARENT,
    start: "alphanumeric",
  }),
  "azure.devCenter": rule(3, 26, `${AZURE}#microsoftdevcenter`, { start: "alphanumeric" }),
  "azure.devCenterProject": rule(3, 63, `${AZURE}#microsoftdevcenter`, { start: "alphanumeric" }),
  // Also the name of an agent pool, of which an organisation has one.
  "azure.devOpsPool": rule(3, 44, `${AZURE}#microsoftdevopsinfrastructure`, { ...GLOBAL, start: "alphanumeric" }),
  // Of pipelines, environments, variable groups and service connections: several environments share a project.
  "azure.devOps": rule(
    1,
    128,
    "https://learn.microsoft.com/en-us/azure/devops/organizations/settings/naming-restrictions",
  ),
  "azure.diskEncryptionSet": rule(2, 80, `${AZURE}#microsoftcompute`, { start: "alphanumeric" }),
  "azure.metricsWorkspace": rule(4, 44, `${AZURE}#microsoftmonitor`, { start: "alphanumeric" }),
  "azure.collectionEndpoint": rule(3, 44, `${AZURE}#microsoftinsights`, { start: "alphanumeric" }),
  "azure.collectionRule": rule(3, 64, `${AZURE}#microsoftinsights`, { start: "alphanumeric" }),
  "azure.diagnosticSetting": rule(1, 260, `${AZURE}#microsoftinsights`),
  "azure.privateLinkScope": rule(1, 255, `${AZURE}#microsoftinsights`),
  "azure.actionGroup": rule(1, 260, `${AZURE}#microsoftinsights`),
  "azure.alertRule": rule(1, 260, `${AZURE}#microsoftinsights`),
  "azure.budget": rule(1, 63, "https://learn.microsoft.com/en-us/rest/api/consumption/budgets/create-or-update"),

  // A file name on every file system, and a PostgreSQL identifier (63 bytes).
  "local.folder": rule(1, 63, "https://www.postgresql.org/docs/current/sql-syntax-lexical.html", {
    ...PARENT,
    start: "alphanumeric",
  }),
} as const satisfies Record<string, NameRule>;

/** A kind of resource on a cloud: `gcp.bucket`. */
export type NameKind = keyof typeof NAME_RULES;
