/**
 * Neutral size classes as machine types of each cloud. Does not load the engine.
 * A row holds at least what the class means; which regions offer it is not said here.
 */
import type { Size, SizeClass } from "../contracts/sizes";

/** Clouds that have a table. */
export type SizedCloud = "gcp" | "azure";

/** A row of the table: one machine of a cloud. */
export interface MachineType {
  /** Machine type, VM size, or database tier. */
  readonly type: string;
  readonly vcpu: number;
  /** GiB. */
  readonly memory: number;
  /** Accelerator as the cloud names it. @default - none */
  readonly accelerator?: { readonly type: string; readonly count: number; readonly memory: number };
  /** Said when the accelerator is not the one the class is named after. @default - it is */
  readonly note?: string;
  /** Document that the figures are from. */
  readonly source: string;
}

/** Day the table was written. A row is compared with its source again when a cloud layer first uses it. */
export const SIZES_DATED = "2026-11-20";

/** What each class means: at least so much. */
export const SIZES: Readonly<Record<SizeClass, Size>> = {
  "cpu-small": { vcpu: 2, memory: 8 },
  "cpu-medium": { vcpu: 4, memory: 16 },
  "cpu-large": { vcpu: 16, memory: 64 },
  "cpu-highmem": { vcpu: 8, memory: 64 },
  "gpu-t4": { vcpu: 4, memory: 15, gpu: { kind: "t4", count: 1 } },
  "gpu-l4": { vcpu: 8, memory: 32, gpu: { kind: "l4", count: 1 } },
  "gpu-a100": { vcpu: 12, memory: 85, gpu: { kind: "a100", count: 1 } },
  "gpu-h100": { vcpu: 26, memory: 234, gpu: { kind: "h100", count: 1 } },
  "db-small": { vcpu: 2, memory: 8 },
  "db-medium": { vcpu: 4, memory: 16 },
  "db-large": { vcpu: 8, memory: 32 },
};

const E2 = "https://cloud.google.com/compute/docs/general-purpose-machines#e2_machine_types";
const N1_GPU = "https://cloud.google.com/compute/docs/gpus#t4-gpus";
const ACCELERATED = "https://cloud.google.com/compute/docs/accelerator-optimized-machines";
const CLOUD_SQL = "https://cloud.google.com/sql/docs/postgres/create-instance#machine-types";
const AZURE_SIZES = "https://learn.microsoft.com/en-us/azure/virtual-machines/sizes";
const AZURE_DB =
  "https://learn.microsoft.com/en-us/azure/postgresql/flexible-server/concepts-compute#compute-tiers-vcores-and-server-types";
const AZURE_MYSQL =
  "https://learn.microsoft.com/en-us/azure/mysql/flexible-server/concepts-service-tiers-storage#service-tiers-size-and-server-types";
const ML_COMPUTE =
  "https://learn.microsoft.com/en-us/azure/machine-learning/concept-compute-target#supported-vm-series-and-sizes";
const ML_ENDPOINT =
  "https://learn.microsoft.com/en-us/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list";

/** What each class becomes on each cloud. */
export const MACHINE_TYPES: Readonly<Record<SizedCloud, Readonly<Record<SizeClass, MachineType>>>> = {
  gcp: {
    "cpu-small": { type: "e2-standard-2", vcpu: 2, memory: 8, source: E2 },
    "cpu-medium": { type: "e2-standard-4", vcpu: 4, memory: 16, source: E2 },
    "cpu-large": { type: "e2-standard-16", vcpu: 16, memory: 64, source: E2 },
    "cpu-highmem": { type: "e2-highmem-8", vcpu: 8, memory: 64, source: E2 },
    "gpu-t4": {
      type: "n1-standard-4",
      vcpu: 4,
      memory: 15,
      accelerator: { type: "nvidia-tesla-t4", count: 1, memory: 16 },
      source: N1_GPU,
    },
    "gpu-l4": {
      type: "g2-standard-8",
      vcpu: 8,
      memory: 32,
      accelerator: { type: "nvidia-l4", count: 1, memory: 24 },
      source: ACCELERATED,
    },
    "gpu-a100": {
      type: "a2-highgpu-1g",
      vcpu: 12,
      memory: 85,
      accelerator: { type: "nvidia-tesla-a100", count: 1, memory: 40 },
      source: ACCELERATED,
    },
    "gpu-h100": {
      type: "a3-highgpu-1g",
      vcpu: 26,
      memory: 234,
      accelerator: { type: "nvidia-h100-80gb", count: 1, memory: 80 },
      note: "to be had as spot or flex-start capacity only",
      source: ACCELERATED,
    },
    "db-small": { type: "db-custom-2-8192", vcpu: 2, memory: 8, source: CLOUD_SQL },
    "db-medium": { type: "db-custom-4-16384", vcpu: 4, memory: 16, source: CLOUD_SQL },
    "db-large": { type: "db-custom-8-32768", vcpu: 8, memory: 32, source: CLOUD_SQL },
  },
  azure: {
    "cpu-small": { type: "Standard_D2s_v5", vcpu: 2, memory: 8, source: `${AZURE_SIZES}/general-purpose/dsv5-series` },
    "cpu-medium": {
      type: "Standard_D4s_v5",
      vcpu: 4,
      memory: 16,
      source: `${AZURE_SIZES}/general-purpose/dsv5-series`,
    },
    "cpu-large": {
      type: "Standard_D16s_v5",
      vcpu: 16,
      memory: 64,
      source: `${AZURE_SIZES}/general-purpose/dsv5-series`,
    },
    "cpu-highmem": {
      type: "Standard_E8s_v5",
      vcpu: 8,
      memory: 64,
      source: `${AZURE_SIZES}/memory-optimized/esv5-series`,
    },
    "gpu-t4": {
      type: "Standard_NC4as_T4_v3",
      vcpu: 4,
      memory: 28,
      accelerator: { type: "NVIDIA T4", count: 1, memory: 16 },
      source: `${AZURE_SIZES}/gpu-accelerated/ncast4v3-series`,
    },
    "gpu-l4": {
      type: "Standard_NV36ads_A10_v5",
      vcpu: 36,
      memory: 440,
      accelerator: { type: "NVIDIA A10", count: 1, memory: 24 },
      note: "Azure has no L4: an A10, which has the same 24 GiB, stands in for it",
      source: `${AZURE_SIZES}/gpu-accelerated/nvadsa10v5-series`,
    },
    "gpu-a100": {
      type: "Standard_NC24ads_A100_v4",
      vcpu: 24,
      memory: 220,
      accelerator: { type: "NVIDIA A100", count: 1, memory: 80 },
      source: `${AZURE_SIZES}/gpu-accelerated/nca100v4-series`,
    },
    "gpu-h100": {
      type: "Standard_NC40ads_H100_v5",
      vcpu: 40,
      memory: 320,
      accelerator: { type: "NVIDIA H100 NVL", count: 1, memory: 94 },
      source: `${AZURE_SIZES}/gpu-accelerated/ncadsh100v5-series`,
    },
    // General purpose, not burstable: burstable servers cannot be highly available.
    "db-small": { type: "GP_Standard_D2ds_v5", vcpu: 2, memory: 8, source: AZURE_DB },
    "db-medium": { type: "GP_Standard_D4ds_v5", vcpu: 4, memory: 16, source: AZURE_DB },
    "db-large": { type: "GP_Standard_D8ds_v5", vcpu: 8, memory: 32, source: AZURE_DB },
  },
};

/**
 * Services of Azure that take fewer series than a virtual machine or PostgreSQL. `mlCompute`: clusters and compute instances of
 * Azure ML. `mlEndpoint`: its managed online endpoints. `mysql`: the database server of Kubeflow.
 */
export type AzureService = "mlCompute" | "mlEndpoint" | "mysql";

/** What a class becomes there, where that is not the row of the table above. */
export const AZURE_SERVICES: Readonly<Record<AzureService, Readonly<Partial<Record<SizeClass, MachineType>>>>> = {
  mlCompute: {
    "cpu-small": { type: "Standard_D2ds_v4", vcpu: 2, memory: 8, source: ML_COMPUTE },
    "cpu-medium": { type: "Standard_D4ds_v4", vcpu: 4, memory: 16, source: ML_COMPUTE },
    "cpu-large": { type: "Standard_D16ds_v4", vcpu: 16, memory: 64, source: ML_COMPUTE },
    "cpu-highmem": { type: "Standard_E8s_v3", vcpu: 8, memory: 64, source: ML_COMPUTE },
  },
  mlEndpoint: {
    "cpu-small": { type: "Standard_D2as_v4", vcpu: 2, memory: 8, source: ML_ENDPOINT },
    "cpu-medium": { type: "Standard_D4as_v4", vcpu: 4, memory: 16, source: ML_ENDPOINT },
    "cpu-large": { type: "Standard_D16as_v4", vcpu: 16, memory: 64, source: ML_ENDPOINT },
    "cpu-highmem": { type: "Standard_E8s_v3", vcpu: 8, memory: 64, source: ML_ENDPOINT },
  },
  mysql: {
    "db-small": { type: "GP_Standard_D2ads_v5", vcpu: 2, memory: 8, source: AZURE_MYSQL },
    "db-medium": { type: "GP_Standard_D4ads_v5", vcpu: 4, memory: 16, source: AZURE_MYSQL },
    "db-large": { type: "GP_Standard_D8ads_v5", vcpu: 8, memory: 32, source: AZURE_MYSQL },
  },
};

/** What a class becomes on a cloud. @param service of Azure that takes fewer series. @default - a virtual machine, or PostgreSQL */
export function machineTypeFor(cloud: SizedCloud, size: SizeClass, service?: AzureService): MachineType {
  const special = cloud === "azure" && service ? AZURE_SERVICES[service][size] : undefined;
  return special ?? MACHINE_TYPES[cloud][size];
}
