/** What the operator's parts share: the environment, and a way to ask Azure. */
import type { CloudAccess } from "../../contracts/cloud-access";
import type { NodePool } from "../../contracts/cluster";
import type { SizeClass } from "../../contracts/sizes";
import type { AzureNames } from "../parts/names";
import type { AzureSettings } from "../parts/settings";
import type { AzureClient } from "./client";

/** What an operator is made of. */
export interface AzureOperatorOptions {
  readonly settings: AzureSettings;
  readonly access: CloudAccess;
  /** The cluster's pools, besides the one that is always there. */
  readonly pools: readonly NodePool[];
  /** Repository that pipelines listen to. @default - none */
  readonly source?: { readonly host: string; readonly connection?: string };
  /** Machines that train, counted against the quota of Azure ML. @default - not counted */
  readonly training?: { readonly class: SizeClass; readonly max: number; readonly capacity: "onDemand" | "spot" };
  /** Whether the CI's own identities are made, which have roles of their own. @default false */
  readonly ci?: boolean;
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** The same, with a client and names. */
export interface AzureContext extends AzureOperatorOptions {
  readonly client: AzureClient;
  readonly names: AzureNames;
}
