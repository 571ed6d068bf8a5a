/** What the Google Cloud platform has to know of an environment. Plain data; does not load the engine. */
import type { SizeClass } from "../../contracts/sizes";
import type { AddressPlan } from "../../core/address-plan";

/** What exists already and is used instead of made. */
export interface GcpExisting {
  /** `projects/PROJECT/global/networks/NAME`. @default - a network is made */
  readonly network?: string;
  /** Subnets of that network. @default - the environment's own subnets are made in it */
  readonly subnets?: {
    /** `projects/PROJECT/regions/REGION/subnetworks/NAME`, with the ranges of pods and services. */
    readonly nodes: string;
    /** Name of the secondary range. @default "pods" */
    readonly pods?: string;
    /** Name of the secondary range. @default "services" */
    readonly services?: string;
  };
  /** `projects/PROJECT/locations/PLACE/clusters/NAME`. @default - a cluster is made */
  readonly cluster?: string;
  /** `projects/PROJECT/managedZones/NAME`. @default - a zone is made when a host is given */
  readonly dnsZone?: string;
  /** `projects/PROJECT` whose Secret Manager is used. @default - this project's */
  readonly vault?: string;
}

/** Switches that decide which of Google Cloud's services are enabled. */
export interface GcpFeatures {
  readonly autoMl: boolean;
  readonly dataIntegration: boolean;
  readonly dataProcessing: boolean;
  readonly featureStore: boolean;
  readonly notebooks: boolean;
  readonly workflowEngine: boolean;
}

/** An environment on Google Cloud. */
export interface GcpSettings {
  readonly organisation: string;
  readonly environment: string;
  /** Who answers for it: a mail address. */
  readonly owner: string;
  /** Labels besides the standard ones. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is held to what production is held to: nothing public, deletions refused, approvals. */
  readonly production: boolean;
  readonly project: string;
  /** Decimal digits. */
  readonly projectNumber: string;
  readonly region: string;
  /** Zones of the nodes, the first is the one of zonal resources. @default - `a`, `b` and `c` as the region has them */
  readonly zones: readonly string[];
  /** Needed for a budget. @default - none */
  readonly billingAccount?: string;
  /** Google group `gke-security-groups@DOMAIN` whose member groups may be named in the cluster's roles. @default - none */
  readonly securityGroup?: string;
  readonly backend: { readonly type: "gcs"; readonly bucket?: string } | { readonly type: "local" };
  /** Network divided, see addressPlan. */
  readonly addresses: AddressPlan;
  /** Whether data is encrypted with the environment's own keys. */
  readonly ownKeys: boolean;
  /** Role in the name of the key ring; Google never frees a ring. */
  readonly keyRing: string;
  /** Digest by image, `sha256:…`, of images.lock.yaml. */
  readonly images: Readonly<Record<string, string>>;
  readonly features: GcpFeatures;
  /** Machine type by size class, instead of the table. */
  readonly machineTypes: Readonly<Partial<Record<SizeClass, string>>>;
  readonly existing: GcpExisting;
}
