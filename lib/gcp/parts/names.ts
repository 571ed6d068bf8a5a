/** Names and addresses on Google Cloud that follow from the settings alone. Does not load the engine. */
import type { KeyUse } from "../../contracts/encryption-key";
import type { ObjectStorePurpose } from "../../contracts/object-store";
import type { SizeClass } from "../../contracts/sizes";
import type { ImageName } from "../../core/images";
import type { NameKind } from "../../core/name-rules";
import { nameFor } from "../../core/naming";
import { type MachineType, machineTypeFor } from "../../core/sizes";
import { MIRRORS, type MirrorName } from "./mirrors";
import { type ServiceAgentName, serviceAgent } from "./service-agents";
import type { GcpSettings } from "./settings";

/** Kinds of names on this cloud, without its word. */
type GcpNameKind = NameKind extends infer K ? (K extends `gcp.${infer Kind}` ? Kind : never) : never;

/** Subnets of an environment's network. */
export type SubnetRole = "nodes" | "serverless" | "proxies" | "endpoints";

/** Folder of the artifacts that a run's steps write what they pass on into; what lies there may expire. */
export const PIPELINE_FOLDER = "pipelines";

/** Topics: retrain events, and those that could not be delivered. */
export type TopicRole = "retrain" | "retrain-undelivered";

/** Names of the secondary ranges in the nodes' subnet, and of every range that is named. */
const RANGE_NAMES = { pods: "pods", services: "services" } as const;

/** An environment's names: computed, so that no layer reads another one's state for them. */
export class GcpNames {
  constructor(readonly settings: GcpSettings) {}

  /** The name of a resource by its role, unique in the project or beyond it. */
  name(kind: GcpNameKind, role: string): string {
    const { organisation, environment, project } = this.settings;
    // Names that are unique across all customers get the project's id into their digest.
    const salt = kind === "bucket" ? project : undefined;
    return nameFor(`gcp.${kind}`, { organisation, environment, role, salt });
  }

  /** `projects/PROJECT/locations/REGION`. */
  get location(): string {
    return `projects/${this.settings.project}/locations/${this.settings.region}`;
  }

  /** The first zone: where zonal resources stand. */
  get zone(): string {
    return this.settings.zones[0] ?? `${this.settings.region}-a`;
  }

  bucket(purpose: ObjectStorePurpose | "terraform-state" | "log-archive" | "workflows"): string {
    return this.name("bucket", purpose);
  }

  /** Bucket of Terraform's state. */
  get stateBucket(): string {
    const { backend } = this.settings;
    return (backend.type === "gcs" ? backend.bucket : undefined) ?? this.bucket("terraform-state");
  }

  /** Place of a layer's state in that bucket. Holds the cloud's word, so that a swap never plans the other's destruction. */
  statePrefix(layer: string): string {
    return `gcp/${this.settings.environment}/${layer}`;
  }

  /** `projects/PROJECT/global/networks/NAME`, made or found. */
  get network(): string {
    const { existing, project } = this.settings;
    return existing.network ?? `projects/${project}/global/networks/${this.name("network", "ml")}`;
  }

  /** `projects/PROJECT/regions/REGION/subnetworks/NAME`. */
  subnet(role: SubnetRole): string {
    const { existing, region } = this.settings;
    // A landing zone that brings subnets brings one for everything that has an address.
    if (existing.subnets) return existing.subnets.nodes;
    const host = this.network.split("/")[1];
    return `projects/${host}/regions/${region}/subnetworks/${this.name("subnet", role)}`;
  }

  /** Name of the secondary range in the nodes' subnet. */
  rangeName(role: keyof typeof RANGE_NAMES): string {
    return this.settings.existing.subnets?.[role] ?? RANGE_NAMES[role];
  }

  /** Where the cluster is: the region, or one zone. */
  clusterLocation(highAvailability: boolean): string {
    return highAvailability ? this.settings.region : this.zone;
  }

  /** `projects/PROJECT/locations/REGION/keyRings/NAME`. */
  get keyRing(): string {
    return `${this.location}/keyRings/${this.name("keyRing", this.settings.keyRing)}`;
  }

  /** The key of a use; undefined where the cloud's own keys are used. */
  key(use: KeyUse): string | undefined {
    return this.settings.ownKeys ? `${this.keyRing}/cryptoKeys/${this.name("key", use)}` : undefined;
  }

  /** Mail address of a workload's service account. */
  serviceAccount(workload: string): string {
    return `${this.name("serviceAccount", workload)}@${this.settings.project}.iam.gserviceaccount.com`;
  }

  /** Host and path before the name of an own image. */
  get imagePrefix(): string {
    const { region, project } = this.settings;
    return `${region}-docker.pkg.dev/${project}/${this.name("imageRegistry", "images")}`;
  }

  /** Name of the repository of compiled pipelines (`pipelines`), of Python packages (`packages`), or of a mirror. */
  repository(role: "images" | "pipelines" | "packages" | `mirror-${MirrorName}`): string {
    return this.name("imageRegistry", role);
  }

  /** What to put in place of an outside registry: before an image's name, or as the index of Python packages. */
  mirrorPrefix(mirror: MirrorName): string {
    const { region, project } = this.settings;
    const repository = this.repository(`mirror-${mirror}`);
    if (MIRRORS[mirror].format === "PYTHON") {
      return `https://${region}-python.pkg.dev/${project}/${repository}/simple/`;
    }
    return `${region}-docker.pkg.dev/${project}/${repository}`;
  }

  /** What a PipelineJob writes below (`runtimeConfig.gcsOutputDirectory`): the folder whose objects may expire. */
  get pipelineRoot(): string {
    return `gs://${this.bucket("artifacts")}/${PIPELINE_FOLDER}`;
  }

  /**
   * What a PipelineJob names in `pscInterfaceConfig.networkAttachment`, so that its steps reach private addresses. With the
   * project's number: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/PscInterfaceConfig
   */
  get pipelineAttachment(): string {
    const { projectNumber, region } = this.settings;
    return `projects/${projectNumber}/regions/${region}/networkAttachments/${this.name("networkAttachment", "pipelines")}`;
  }

  /** Where compiled pipelines are pushed to and submitted from. */
  get pipelineRepository(): string {
    const { region, project } = this.settings;
    return `https://${region}-kfp.pkg.dev/${project}/${this.repository("pipelines")}`;
  }

  /** Where the own Python packages are uploaded to; with `simple/` behind it, where they are installed from. */
  get packageRepository(): string {
    const { region, project } = this.settings;
    return `https://${region}-python.pkg.dev/${project}/${this.repository("packages")}/`;
  }

  /** An own image by digest; undefined when it is not in images.lock.yaml. */
  image(name: ImageName): string | undefined {
    const digest = this.settings.images[name];
    return digest && `${this.imagePrefix}/${name}@${digest}`;
  }

  /** The same where it must be there: what runs an own image is made only when that is built. */
  builtImage(name: ImageName): string {
    const image = this.image(name);
    if (image === undefined) throw new Error(`the image ${name} is used, and not built`);
    return image;
  }

  /** The machine of a size class: the table's, or the one of `overrides.gcp.machineTypes`. */
  machine(size: SizeClass): MachineType {
    const chosen = this.settings.machineTypes[size];
    const machine = machineTypeFor("gcp", size);
    return chosen ? { ...machine, type: chosen } : machine;
  }

  /** Last part of the name of the connection to the source host, where the config names none. */
  get sourceConnection(): string {
    return this.name("sourceConnection", "source");
  }

  /** Name of the database server. */
  get databaseInstance(): string {
    return this.name("sqlInstance", "metadata");
  }

  /** `PROJECT:REGION:INSTANCE`: how the Auth Proxy and the connectors name the database server. */
  get databaseConnection(): string {
    const { project, region } = this.settings;
    return `${project}:${region}:${this.databaseInstance}`;
  }

  /** A workload's user in the database: its mail address without the ending, https://cloud.google.com/sql/docs/postgres/iam-logins. */
  databaseUser(workload: string): string {
    return this.serviceAccount(workload).replace(/\.gserviceaccount\.com$/, "");
  }

  /** The job that gives a layer's identities their rights in the databases. */
  databaseAccessJob(layer: string): string {
    return this.name("runService", `database-access-${layer}`);
  }

  /** `projects/PROJECT/topics/NAME`. */
  topic(role: TopicRole): string {
    return `projects/${this.settings.project}/topics/${this.name("topic", role)}`;
  }

  /** The agent of one of Google's services, as a member of access rules. */
  agent(name: ServiceAgentName): string {
    return `serviceAccount:${serviceAgent(name, this.settings.projectNumber)}`;
  }

  /** `projects/PROJECT/locations/REGION/featureOnlineStores/NAME`. */
  get featureOnlineStore(): string {
    return `${this.location}/featureOnlineStores/${this.name("featureStore", "features")}`;
  }

  /** Name of the Secret Manager secret. */
  secret(name: string): string {
    const vault = this.settings.existing.vault ?? `projects/${this.settings.project}`;
    return `${vault}/secrets/${this.name("secret", name)}`;
  }
}
