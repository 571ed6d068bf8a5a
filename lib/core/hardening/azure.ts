/** Azure: what every environment's stacks are held to. Does not load the engine. */
import type { HardeningRule, StackRule } from "../hardening";
import { AZURE_ACCESS, AZURE_ACCESS_STACKS } from "./azure-access";
import { AZURE_CLUSTER } from "./azure-cluster";
import { AZURE_CLUSTER_CARE } from "./azure-cluster-care";
import { AZURE_CONTAINERS } from "./azure-containers";
import { AZURE_DATABASE } from "./azure-database";
import { AZURE_DELIVERY, AZURE_DELIVERY_STACKS } from "./azure-delivery";
import { AZURE_FEDERATION, AZURE_FEDERATION_STACKS } from "./azure-federation";
import { AZURE_FLOWS } from "./azure-flows";
import { AZURE_KEYS } from "./azure-keys";
import { AZURE_LOGS } from "./azure-logs";
import { AZURE_MACHINE } from "./azure-machine";
import { AZURE_ML, AZURE_ML_STACKS } from "./azure-ml";
import { AZURE_NETWORK, AZURE_NETWORK_STACKS } from "./azure-network";
import { AZURE_PARAMETERS, AZURE_PARAMETERS_STACKS } from "./azure-parameters";
import { AZURE_PROVIDER_STACKS } from "./azure-provider";
import { AZURE_REGISTRY } from "./azure-registry";
import { AZURE_STORAGE, AZURE_STORAGE_STACKS } from "./azure-storage";
import { AZURE_WATCHED_STACKS } from "./azure-watched";

/** Values of resources. */
export const AZURE: readonly HardeningRule[] = [
  ...AZURE_ACCESS,
  ...AZURE_FEDERATION,
  ...AZURE_KEYS,
  ...AZURE_NETWORK,
  ...AZURE_STORAGE,
  ...AZURE_REGISTRY,
  ...AZURE_DATABASE,
  ...AZURE_PARAMETERS,
  ...AZURE_CLUSTER,
  ...AZURE_CLUSTER_CARE,
  ...AZURE_CONTAINERS,
  ...AZURE_MACHINE,
  ...AZURE_FLOWS,
  ...AZURE_ML,
  ...AZURE_LOGS,
  ...AZURE_DELIVERY,
];

/** What stacks hold as a whole. */
export const AZURE_STACKS: readonly StackRule[] = [
  ...AZURE_PROVIDER_STACKS,
  ...AZURE_ACCESS_STACKS,
  ...AZURE_FEDERATION_STACKS,
  ...AZURE_NETWORK_STACKS,
  ...AZURE_STORAGE_STACKS,
  ...AZURE_PARAMETERS_STACKS,
  ...AZURE_ML_STACKS,
  ...AZURE_WATCHED_STACKS,
  ...AZURE_DELIVERY_STACKS,
];
