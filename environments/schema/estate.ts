/** Network, cluster, stores, database and orchestrator: what the layers below the pipelines are made of. */
import { z } from "zod";
import { cidr, computeClass, databaseClass, lowerName, text, whole } from "./fields";

const labelWanted = "at most 63 lower-case letters, digits, - and _, beginning with a letter";

/** Labels that every resource carries besides the platform's own. Narrow enough for the strictest cloud. */
export const Labels = z.record(
  text(
    /^(?!goog|azure|microsoft|windows|kubernetes|mlops)[a-z][a-z0-9_-]{0,62}$/,
    `a label key: ${labelWanted}, not a reserved prefix`,
  ),
  text(/^[a-z0-9_-]{0,63}$/, "a label value: at most 63 lower-case letters, digits, - and _"),
);

/** The private network. */
export const Network = z
  .strictObject({
    cidr: cidr()
      .default("10.20.0.0/16")
      .describe(
        "IPv4 range of the environment; everything is carved from it. Each environment has its own unless isolated.",
      ),
    internet: z
      .boolean()
      .default(true)
      .describe(
        "Whether the network reaches the internet, outwards and by HTTPS only. false: the cloud's own services only.",
      ),
    isolated: z
      .boolean()
      .default(false)
      .describe("This network is never peered with another environment's, so its range may be used again elsewhere."),
    ranges: z
      .strictObject({
        nodes: cidr().optional().describe("Range of the nodes, inside cidr."),
        pods: cidr().optional().describe("Range of the pods; each node takes 256 addresses of it."),
        services: cidr().optional().describe("Range of the cluster's services."),
        controlPlane: cidr().optional().describe("Range of the cluster's control plane, /28 on Google Cloud."),
        endpoints: cidr().optional().describe("Range of private endpoints, inside cidr."),
      })
      .meta({ id: "NetworkRanges" })
      .prefault({})
      .describe("Parts of the network with a fixed place. Default: carved from cidr."),
  })
  .meta({ id: "Network" });

const NodePool = z
  .strictObject({
    class: computeClass().describe(
      "Size of one node, in no cloud's words; `explain` says which machine type it becomes.",
    ),
    min: whole(0, 1000, "nodes").default(0).describe("Fewest nodes; 0 scales to nothing when idle."),
    max: whole(1, 1000, "nodes").describe("Most nodes."),
    capacity: z
      .enum(["onDemand", "spot"])
      .default("onDemand")
      .describe("spot is cheaper and may be taken away; a spot pool gets an on-demand twin that takes over."),
  })
  .meta({ id: "NodePool" });

/** The Kubernetes cluster. Without effect on `cloud: local`. */
export const Kubernetes = z
  .strictObject({
    version: text(/^1\.\d{2}$/, 'a minor version in quotes such as "1.33"; the patch is the cloud\'s business')
      .optional()
      .describe("Minor version. Default: what the upgrade channel says."),
    upgrades: z.enum(["rapid", "regular", "stable"]).default("regular").describe("How early new versions are taken."),
    pools: z
      .record(
        text(
          /^[a-z][a-z0-9]{0,11}$/,
          "a pool name of at most 12 lower-case letters and digits, beginning with a letter",
        ),
        NodePool,
      )
      .default({})
      .describe("Node pools by name. A small system pool is always there."),
    highAvailability: z
      .boolean()
      .default(false)
      .describe("Control plane and nodes in several zones (regional); false: in one zone, cheaper."),
    deletionProtection: z.boolean().default(true).describe("Refuse deletion of the cluster."),
    authorizedNetworks: z
      .array(cidr())
      .default([])
      .describe("Ranges that may reach the control plane besides the network itself."),
  })
  .meta({ id: "Kubernetes" });

const expiry = (what: string) =>
  whole(1, 36500, "days").optional().describe(`Days after which ${what} are deleted. Default: kept.`);

/** Buckets. Prediction logs expire by `logging.predictions.retentionDays`. */
export const Storage = z
  .strictObject({
    versioned: z.boolean().default(true).describe("Keep earlier versions of an object."),
    noncurrentDays: whole(1, 3650, "days").default(30).describe("Days an earlier version of an object is kept."),
    expireAfterDays: z
      .strictObject({
        datasets: expiry("data sets"),
        artifacts: expiry("artifacts of runs that are not registered models"),
        packages: expiry("compiled pipeline packages"),
        accessLogs: whole(1, 36500, "days").default(400).describe("Days after which access logs are deleted."),
      })
      .meta({ id: "StorageExpiry" })
      .prefault({})
      .describe("Lifecycle by what a bucket is for."),
    deletionProtection: z.boolean().default(true).describe("Refuse deletion of a bucket that holds objects."),
  })
  .meta({ id: "Storage" });

/** Keys at rest. */
export const Encryption = z
  .strictObject({
    ownKeys: z.boolean().default(false).describe("Encrypt by a key of this environment instead of the cloud's own."),
    rotationDays: whole(1, 3650, "days").default(90).describe("Days between rotations of that key."),
  })
  .meta({ id: "Encryption" });

/** The metadata database: PostgreSQL for experiment tracking and for the ledger of runs, releases and approvals. */
export const Metadata = z
  .strictObject({
    class: databaseClass().default("db-small").describe("Size of the server."),
    storageGiB: whole(10, 65536, "GiB").default(20).describe("Disk to begin with; it grows by itself."),
    highAvailability: z.boolean().default(false).describe("A second server in another zone takes over."),
    backupRetentionDays: whole(1, 35, "days").default(7).describe("Days a backup is kept."),
    deletionProtection: z.boolean().default(true).describe("Refuse deletion of the server."),
  })
  .meta({ id: "Metadata" });

/** Kubeflow, with `orchestrator: kubeflow` or for its single parts. */
export const Kubeflow = z
  .strictObject({
    tenancy: z
      .enum(["shared"])
      .optional()
      .describe(
        "Acknowledges that standalone Kubeflow Pipelines does not isolate teams; needed with more than one team.",
      ),
  })
  .meta({ id: "Kubeflow" });

/** Compute that training steps run on, where the orchestrator is managed. */
export const Training = z
  .strictObject({
    class: computeClass().default("cpu-medium").describe("Size of one training machine."),
    max: whole(1, 1000, "machines").default(4).describe("Most machines at once; there are none when idle."),
    capacity: z.enum(["onDemand", "spot"]).default("onDemand").describe("spot is cheaper and may be taken away."),
    tensorBoard: z.boolean().default(false).describe("A TensorBoard beside the orchestrator, where the cloud has one."),
    serverless: z.boolean().default(false).describe("Let the cloud size the machines where it offers that."),
  })
  .meta({ id: "Training" });

const FeatureGroup = z
  .strictObject({
    entity: text(/^[a-z][a-z0-9_]{0,62}$/, "a column name of lower-case letters, digits and _").describe(
      "Column that identifies the entity.",
    ),
    features: z
      .array(text(/^[a-z][a-z0-9_]{0,62}$/, "a feature name of lower-case letters, digits and _"))
      .min(1, { error: "at least one feature" })
      .describe("Names of the features."),
  })
  .meta({ id: "FeatureGroup" });

/** Feature store. */
export const FeatureStore = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Whether there is one."),
    groups: z
      .record(
        text(/^[a-z][a-z0-9_]{0,31}$/, "a group name of at most 32 lower-case letters, digits and _"),
        FeatureGroup,
      )
      .default({})
      .describe("Groups of features of one entity, by name."),
    deletionProtection: z.boolean().default(true).describe("Refuse deletion of the store."),
  })
  .meta({ id: "FeatureStore" });

/** The cloud's own training without code. */
export const AutoMl = z
  .strictObject({ enabled: z.boolean().default(false).describe("Whether projects may use it.") })
  .meta({ id: "AutoMl" });

/** Pretrained models of the cloud's catalogue. */
export const PretrainedModels = z
  .strictObject({
    allowed: z
      .array(
        text(
          /^(publishers\/[a-z0-9-]+\/models\/[a-z0-9.@_-]+|azureml:\/\/registries\/[A-Za-z0-9][\w-]{1,32}\/models\/[A-Za-z0-9][\w.-]{0,254})$/,
          "publishers/PUBLISHER/models/MODEL (Google Cloud) or azureml://registries/REGISTRY/models/NAME (Azure)",
        ),
      )
      .default([])
      .describe(
        "Models that may be used and fine-tuned: publishers/PUBLISHER/models/MODEL on Google Cloud, azureml://registries/REGISTRY/models/NAME on Azure. Default: none.",
      ),
  })
  .meta({ id: "PretrainedModels" });

/** Processing of large data: Dataflow and Dataproc, or Spark. */
export const DataProcessing = z
  .strictObject({ enabled: z.boolean().default(false).describe("Whether steps may use it.") })
  .meta({ id: "DataProcessing" });

/** Data flows without code: Data Fusion, Data Factory. */
export const DataIntegration = z
  .strictObject({ enabled: z.boolean().default(false).describe("Whether there is one.") })
  .meta({ id: "DataIntegration" });

/** A general workflow engine beside the orchestrator: Airflow (Composer), Data Factory. */
export const WorkflowEngine = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Whether there is one."),
    project: lowerName(40).optional().describe("Project that the bundled flow starts. Default: the first of projects."),
  })
  .meta({ id: "WorkflowEngine" });

/** Notebooks for exploration. */
export const Notebooks = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Whether there are any."),
    class: computeClass().default("cpu-small").describe("Size of one notebook's machine."),
    idleShutdownMinutes: whole(5, 10080, "minutes")
      .default(60)
      .describe("Minutes without use after which one is stopped."),
  })
  .meta({ id: "Notebooks" });

const machineTypes = (example: string) =>
  z
    .partialRecord(
      z.enum([...computeClass().options, ...databaseClass().options]),
      text(/^[A-Za-z][\w-]+$/, `a machine type such as ${example}`),
    )
    .default({})
    .describe("Machine type by size class, instead of the platform's table.");

/** Escape hatch: settings that are not portable. Every plan and swap report marks them. */
export const Overrides = z
  .strictObject({
    gcp: z
      .strictObject({ machineTypes: machineTypes("g2-standard-8") })
      .meta({ id: "GcpOverrides" })
      .prefault({})
      .describe("Google Cloud only."),
    azure: z
      .strictObject({ machineTypes: machineTypes("Standard_NC24ads_A100_v4") })
      .meta({ id: "AzureOverrides" })
      .prefault({})
      .describe("Azure only."),
  })
  .meta({ id: "Overrides" });

/** What a team may use at once. */
export const quotaShape = {
  cpu: whole(0, 100000, "vCPU"),
  memoryGiB: whole(0, 1000000, "GiB"),
  gpu: whole(0, 10000, "GPUs"),
  storageGiB: whole(0, 1000000, "GiB"),
};

/** How much of the teams' shares this environment gives. */
export const TeamLimits = z
  .strictObject({
    only: z
      .array(lowerName(20))
      .optional()
      .describe("Names of the teams that are in this environment. Default: every team."),
    scale: z
      .number({ error: "a number above 0, at most 10" })
      .gt(0, { error: "a number above 0, at most 10" })
      .max(10, { error: "a number above 0, at most 10" })
      .default(1)
      .describe("Every team's quota is multiplied by this, rounded up."),
    maximum: z
      .strictObject({
        cpu: quotaShape.cpu.optional().describe("vCPU."),
        memoryGiB: quotaShape.memoryGiB.optional().describe("Memory, GiB."),
        gpu: quotaShape.gpu.optional().describe("GPUs."),
        storageGiB: quotaShape.storageGiB.optional().describe("Volumes, GiB."),
      })
      .meta({ id: "TeamMaximum" })
      .prefault({})
      .describe("No team gets more than this here, whatever its own file says."),
  })
  .meta({ id: "TeamLimits" });
