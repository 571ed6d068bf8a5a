/** Google Cloud: what every environment's stacks are held to. Does not load the engine. */
import type { HardeningRule, StackRule } from "../hardening";
import { GOOGLE_ACCESS, GOOGLE_ACCESS_STACKS } from "./google-access";
import { GOOGLE_CLUSTER } from "./google-cluster";
import { GOOGLE_CLUSTER_CARE } from "./google-cluster-care";
import { GOOGLE_DATABASE } from "./google-database";
import { GOOGLE_EVENTS } from "./google-events";
import { GOOGLE_KEYS } from "./google-keys";
import { GOOGLE_ML } from "./google-ml";
import { GOOGLE_NETWORK, GOOGLE_NETWORK_STACKS } from "./google-network";
import { GOOGLE_NODE_POOL } from "./google-node-pool";
import { GOOGLE_RUN } from "./google-run";
import { GOOGLE_STORAGE } from "./google-storage";

/** Values of resources. */
export const GOOGLE: readonly HardeningRule[] = [
  ...GOOGLE_ACCESS,
  ...GOOGLE_KEYS,
  ...GOOGLE_NETWORK,
  ...GOOGLE_STORAGE,
  ...GOOGLE_DATABASE,
  ...GOOGLE_CLUSTER,
  ...GOOGLE_CLUSTER_CARE,
  ...GOOGLE_NODE_POOL,
  ...GOOGLE_RUN,
  ...GOOGLE_EVENTS,
  ...GOOGLE_ML,
];

/** What stacks hold as a whole. */
export const GOOGLE_STACKS: readonly StackRule[] = [...GOOGLE_ACCESS_STACKS, ...GOOGLE_NETWORK_STACKS];
