/** What the Azure platform has to know of an environment. Plain data; does not load the engine. */
import type { SizeClass } from "../../contracts/sizes";
import type { AddressPlan } from "../../core/address-plan";

/** What exists already and is used instead of made; each an Azure resource id. */
export interface AzureExisting {
  /** A virtual network; the environment's subnets are made in it. @default - a network is made */
  readonly network?: string;
  /** Resource group that holds the private DNS zones of Azure's services, linked to that network. @default - zones are made */
  readonly privateDnsZones?: string;
  /** @default - a cluster is made */
  readonly cluster?: string;
  /** Issuer of the tokens of that cluster's service accounts; with `cluster`. @default - there is no such cluster */
  readonly clusterIssuer?: string;
  /** @default - a zone is made when a host is given */
  readonly dnsZone?: string;
  /** A Key Vault with RBAC and purge protection; with keys of the environment's own a premium one. @default - one is made */
  readonly vault?: string;
}

/** Where Azure Pipelines run. */
export interface AzureDevOps {
  readonly organisation: string;
  readonly project: string;
  /** Id of the project. */
  readonly projectId: string;
  /** Id of the service connection to GitHub or Bitbucket, which a person has authorised. @default - the source is Azure Repos */
  readonly sourceConnection?: string;
  /** Id of the repository in Azure Repos. @default - the source is elsewhere */
  readonly repositoryId?: string;
  /**
   * Object id that the tenant gave to Managed DevOps Pools (`az ad sp list --display-name DevOpsInfrastructure`); needed for
   * machines inside the network. @default - builds run on Microsoft's machines
   */
  readonly poolPrincipal?: string;
  /** Names of secrets in an existing vault that builds read as variables. @default - builds read none */
  readonly secrets?: readonly string[];
}

/** Switches that decide which resource providers are registered. */
export interface AzureFeatures {
  readonly autoMl: boolean;
  readonly dataIntegration: boolean;
  readonly dataProcessing: boolean;
  readonly featureStore: boolean;
  readonly notebooks: boolean;
  readonly workflowEngine: boolean;
}

/** An environment on Azure. */
export interface AzureSettings {
  readonly organisation: string;
  readonly environment: string;
  /** Who answers for it: a mail address. */
  readonly owner: string;
  /** Tags besides the standard ones. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is held to what production is held to: nothing public, deletions refused, approvals. */
  readonly production: boolean;
  readonly subscription: string;
  readonly tenant: string;
  /** In Azure's short form: `koreacentral`. */
  readonly region: string;
  /** Availability zones, the first is the one of zonal resources; empty in a region without. */
  readonly zones: readonly string[];
  /** A resource group that exists already. @default - one is made */
  readonly resourceGroup?: string;
  readonly backend:
    | {
        readonly type: "azurerm";
        readonly resourceGroup?: string;
        readonly storageAccount?: string;
        readonly container: string;
      }
    | { readonly type: "local" };
  /** Network divided, see addressPlan. */
  readonly addresses: AddressPlan;
  /** Whether the network reaches the internet, outwards. */
  readonly internet: boolean;
  /** Whether clients on the internet call what the cluster serves. @default false */
  readonly publicServing?: boolean;
  /** Whether data is encrypted with the environment's own keys. */
  readonly ownKeys: boolean;
  /** Goes into the digest of names that are unique across customers: frees those that deleted resources still hold. @default - none */
  readonly nameSalt?: string;
  /** Digest by image, `sha256:…`, of images.lock.yaml. */
  readonly images: Readonly<Record<string, string>>;
  readonly features: AzureFeatures;
  /** VM size by size class, instead of the table. */
  readonly machineTypes: Readonly<Partial<Record<SizeClass, string>>>;
  /** Entra object id by a team's group, which the configuration names by its mail address. */
  readonly groups: Readonly<Record<string, string>>;
  /** Entra object id by the name of a person who gets a notebook instance. @default - people make their own */
  readonly people?: Readonly<Record<string, string>>;
  /** @default - no Azure Pipelines */
  readonly devops?: AzureDevOps;
  readonly existing: AzureExisting;
}
