/** What is particular to one cloud: the sections under `clouds`, and where Terraform's state is kept. */
import { z } from "zod";
import { guid, hostName, lowerName, port, text, whole } from "./fields";

/** Everything the embedded platform needs to know about this machine. */
export const LocalCloud = z
  .strictObject({
    directory: text(
      /^(?!~)(?!(.*\/)?\.\.(\/|$))(?![./]+$)[^\\:*?"<>|\n]+$/,
      "a folder of its own, relative without .. or absolute",
    )
      .default(".mlops/local")
      .describe(
        "Folder of the estate: data, logs, state, secrets. Relative to the folder that holds environments/, or absolute.",
      ),
    ports: z
      .strictObject({
        gateway: port().default(18080).describe("Port of the address that clients call for predictions."),
        qa: port().default(18081).describe("Port of the QA scoring service."),
        blue: port().default(18082).describe("Port of one of the two production scoring processes."),
        green: port().default(18083).describe("Port of the other production scoring process."),
        tracking: port().default(18050).describe("Port of the MLflow server."),
        database: port().default(18054).describe("Port of PostgreSQL."),
        scheduler: port().default(18070).describe("Port of the scheduler."),
        notebooks: port().default(18088).describe("Port of Jupyter."),
      })
      .meta({ id: "LocalPorts" })
      .prefault({})
      .describe("Ports on 127.0.0.1. Each is used once, also across the local environments of one workspace."),
  })
  .meta({ id: "LocalCloud" });

/** References of things in Google Cloud that exist already and are used instead of made. */
const GcpExisting = z
  .strictObject({
    network: text(/^projects\/[^/\s]+\/global\/networks\/[^/\s]+$/, "projects/PROJECT/global/networks/NAME")
      .optional()
      .describe("A VPC network to use. Default: one is made from network.cidr."),
    subnets: z
      .strictObject({
        nodes: text(
          /^projects\/[^/\s]+\/regions\/[^/\s]+\/subnetworks\/[^/\s]+$/,
          "projects/PROJECT/regions/REGION/subnetworks/NAME",
        ).describe("Subnet of everything that has an address."),
        pods: lowerName(63).default("pods").describe("Name of its secondary range for pods."),
        services: lowerName(63).default("services").describe("Name of its secondary range for services."),
      })
      .meta({ id: "GcpExistingSubnets" })
      .optional()
      .describe("Subnets of that network to use. Default: the environment's own are made in it."),
    cluster: text(
      /^projects\/[^/\s]+\/locations\/[^/\s]+\/clusters\/[^/\s]+$/,
      "projects/PROJECT/locations/PLACE/clusters/NAME",
    )
      .optional()
      .describe("A GKE cluster to use. Default: one is made."),
    dnsZone: text(/^projects\/[^/\s]+\/managedZones\/[^/\s]+$/, "projects/PROJECT/managedZones/NAME")
      .optional()
      .describe("A managed DNS zone for serving.production.host. Default: one is made when a host is given."),
    vault: text(/^projects\/[^/\s]+$/, "projects/PROJECT, the project whose Secret Manager is used")
      .optional()
      .describe("Another project's Secret Manager to use. Default: this project's."),
  })
  .meta({ id: "GcpExisting" });

/** Google Cloud. */
export const GcpCloud = z
  .strictObject({
    project: text(
      /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      "a Google Cloud project id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter",
    ).describe("Project id. One project per environment keeps identities and quotas apart."),
    projectNumber: z
      .int({ error: "the number of the project, digits only" })
      .positive({ error: "the number of the project, digits only" })
      .describe(
        "Project number; names of service agents and federated identities contain it (gcloud projects describe PROJECT).",
      ),
    region: text(/^[a-z]+(-[a-z]+)+[0-9]+$/, "a Google Cloud region such as asia-northeast3").describe(
      "Region of everything regional.",
    ),
    zones: z
      .array(text(/^[a-z]+(-[a-z]+)+[0-9]+-[a-z]$/, "a zone such as asia-northeast3-a"))
      .min(1, { error: "at least one zone" })
      .optional()
      .describe("Zones of the node pools. Default: chosen by the region."),
    billingAccount: text(/^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/, "a billing account such as 012345-6789AB-CDEF01")
      .optional()
      .describe("Billing account; needed for a budget."),
    securityGroup: text(/^gke-security-groups@[a-z0-9.-]+$/, "gke-security-groups@DOMAIN")
      .optional()
      .describe("Google group whose member groups may be named in the cluster's roles. Default: none."),
    keyRing: lowerName(20)
      .default("ml")
      .describe(
        "Name of the ring that own keys are in. A ring is never freed: after destroy, a new one needs a new name.",
      ),
    existing: GcpExisting.optional().describe("What exists already and is used instead of made."),
  })
  .meta({ id: "GcpCloud" });

/** References of things in Azure that exist already and are used instead of made. */
function azureId(...types: readonly string[]) {
  const pattern = `^/subscriptions/[0-9a-fA-F-]{36}/resource[gG]roups/[^/\\s]+/providers/(${types.join("|")})/[^/\\s]+$`;
  return text(
    new RegExp(pattern),
    `an Azure resource id: /subscriptions/…/resourceGroups/…/providers/${types.join(" or ")}/NAME`,
  );
}

const AzureExisting = z
  .strictObject({
    network: azureId("Microsoft.Network/virtualNetworks")
      .optional()
      .describe("A virtual network to use. Default: one is made from network.cidr."),
    cluster: azureId("Microsoft.ContainerService/managedClusters")
      .optional()
      .describe("An AKS cluster to use. Default: one is made."),
    dnsZone: azureId("Microsoft.Network/dnsZones", "Microsoft.Network/privateDnsZones")
      .optional()
      .describe("A DNS zone for serving.production.host. Default: one is made when a host is given."),
    vault: azureId("Microsoft.KeyVault/vaults").optional().describe("A Key Vault to use. Default: one is made."),
    privateDnsZones: text(
      /^\/subscriptions\/[0-9a-fA-F-]{36}\/resource[gG]roups\/[^/\s]+$/,
      "the id of a resource group: /subscriptions/…/resourceGroups/NAME",
    )
      .optional()
      .describe("Resource group that holds the private DNS zones of Azure's services. Default: they are made here."),
    clusterIssuer: text(/^https:\/\/[^\s?#]+\/$/, "an https address that ends in /")
      .optional()
      .describe("Issuer of that cluster's service account tokens (az aks show --query oidcIssuerProfile.issuerUrl)."),
  })
  .meta({ id: "AzureExisting" });

/** Azure. */
export const AzureCloud = z
  .strictObject({
    subscription: guid().describe("Subscription id."),
    tenant: guid().describe("Entra tenant id."),
    region: text(/^[a-z]+[a-z0-9]*$/, "an Azure region such as koreacentral (lower case, no spaces)").describe(
      "Region of everything regional.",
    ),
    zones: z
      .array(text(/^[1-3]$/, 'a zone in quotes: "1", "2" or "3"'))
      .min(1, { error: "at least one zone" })
      .optional()
      .describe("Availability zones of the node pools. Default: chosen by the region."),
    nameSalt: lowerName(20)
      .optional()
      .describe(
        "A word that changes every name that is unique across customers: after destroy, a vault's name is held for 90 days.",
      ),
    resourceGroup: text(/^[\w().-]{0,89}[\w()-]$/, "a resource group name: at most 90 letters, digits, _ - . ( )")
      .optional()
      .describe("Resource group that exists already. Default: one is made per environment."),
    devops: z
      .strictObject({
        organisation: text(/^[A-Za-z0-9][A-Za-z0-9-]*$/, "the name in https://dev.azure.com/NAME").describe(
          "Azure DevOps organisation.",
        ),
        project: text(/^[^\s/][^/]{0,63}$/, "the name of an Azure DevOps project").describe("Azure DevOps project."),
        projectId: guid().describe("Id of the project (az devops project show --project NAME --query id)."),
        sourceConnection: guid()
          .optional()
          .describe(
            "Id of the service connection to GitHub or Bitbucket that a person has authorised; needed unless the source is azureRepos.",
          ),
        repositoryId: guid()
          .optional()
          .describe("Id of the repository in Azure Repos; needed when the source is azureRepos."),
        poolPrincipal: guid()
          .optional()
          .describe(
            "Object id that the tenant gave to Managed DevOps Pools; needed with delivery.runner network (az ad sp list --display-name DevOpsInfrastructure --query [0].id).",
          ),
        secrets: z
          .array(text(/^[0-9A-Za-z-]{1,127}$/, "the name of a secret in a vault"))
          .min(1, { error: "at least one secret" })
          .optional()
          .describe(
            "Names of secrets that builds read as variables, out of clouds.azure.existing.vault, which has to let Azure DevOps in. Default: none.",
          ),
      })
      .meta({ id: "AzureDevOps" })
      .optional()
      .describe("Where Azure Pipelines run; needed with delivery.source.host azureRepos or delivery on Azure."),
    people: z
      .record(lowerName(20), guid())
      .default({})
      .describe(
        "Entra object ids of people who get a notebook instance, by name. Default: whoever may use the workspace makes one.",
      ),
    existing: AzureExisting.optional().describe("What exists already and is used instead of made."),
  })
  .meta({ id: "AzureCloud" });

/** Any cluster that somebody already has. Brings no cloud resources. */
export const KubernetesCloud = z
  .strictObject({
    context: text(/^\S+$/, "the name of a context in the kubeconfig").describe(
      "Context in the kubeconfig; never the current one by accident.",
    ),
    kubeconfig: text(/^\S+$/, "the path of a kubeconfig file")
      .optional()
      .describe("Path of the kubeconfig file. Default: what KUBECONFIG or ~/.kube/config says."),
    storageClass: lowerName(63).optional().describe("Storage class of volumes. Default: the cluster's default class."),
    ingressClass: lowerName(63)
      .optional()
      .describe("Ingress class of what is exposed. Default: the cluster's default class."),
    registry: text(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)?$/, "a registry address such as registry.acme.example/mlops")
      .optional()
      .describe(
        "Image registry that the cluster can pull from. Default: images are taken from where they were published.",
      ),
    database: z
      .strictObject({
        host: hostName().describe("Host of a PostgreSQL server."),
        port: whole(1, 65535, "a port").default(5432).describe("Port of the PostgreSQL server."),
        credentialsSecretName: lowerName(63).describe(
          "Kubernetes secret with `username` and `password`; never the password itself.",
        ),
      })
      .meta({ id: "KubernetesDatabase" })
      .optional()
      .describe("A PostgreSQL server by address. Default: one is run in the cluster."),
    objectStore: z
      .strictObject({
        endpoint: text(/^https?:\/\/[^\s/]+$/, "an address such as https://s3.acme.example").describe(
          "S3-compatible endpoint.",
        ),
        region: text(/^[a-z0-9-]+$/, "a region name")
          .default("us-east-1")
          .describe("Region that requests are signed for."),
        credentialsSecretName: lowerName(63).describe(
          "Kubernetes secret with `accessKeyId` and `secretAccessKey`; never the keys themselves.",
        ),
      })
      .meta({ id: "KubernetesObjectStore" })
      .optional()
      .describe("An S3-compatible store by address. Default: one is run in the cluster."),
  })
  .meta({ id: "KubernetesCloud" });

/** Where Terraform's state is kept. The key holds cloud, environment and layer, so that a swap never plans the other's destruction. */
export const Backend = z.discriminatedUnion("type", [
  z
    .strictObject({ type: z.literal("local").describe("Files in the estate's directory on this machine.") })
    .meta({ id: "LocalBackend" }),
  z
    .strictObject({
      type: z.literal("gcs").describe("A Google Cloud Storage bucket."),
      // https://cloud.google.com/storage/docs/buckets#naming
      bucket: text(
        /^(?!goog)(?!.*(google|g00gle|go0gle|g0ogle))(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9_.-]{1,61}[a-z0-9]$/,
        "a bucket name: 3 to 63 lower-case letters, digits, - _ and ., no IP address, not beginning with goog, without google",
      )
        .optional()
        .describe("Bucket. Default: named by `bootstrap`."),
    })
    .meta({ id: "GcsBackend" }),
  z
    .strictObject({
      type: z.literal("azurerm").describe("A container in an Azure storage account."),
      resourceGroup: text(/^[\w().-]{0,89}[\w()-]$/, "a resource group name")
        .optional()
        .describe("Default: named by `bootstrap`."),
      storageAccount: text(/^[a-z0-9]{3,24}$/, "3 to 24 lower-case letters and digits")
        .optional()
        .describe("Default: named by `bootstrap`."),
      container: text(/^[a-z0-9](-?[a-z0-9]){2,62}$/, "a container name")
        .default("tfstate")
        .describe("Blob container."),
    })
    .meta({ id: "AzurermBackend" }),
]);
