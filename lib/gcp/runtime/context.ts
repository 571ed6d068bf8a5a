/** What the operator's parts share: the environment, and a way to ask Google. */
import type { CloudAccess } from "../../contracts/cloud-access";
import type { NodePool } from "../../contracts/cluster";
import type { GcpSettings } from "../parts/settings";
import type { GoogleClient } from "./client";

/** What an operator is made of. */
export interface GcpOperatorOptions {
  readonly settings: GcpSettings;
  readonly access: CloudAccess;
  /** The cluster's pools, besides the one that is always there. */
  readonly pools: readonly NodePool[];
  /** Repository that triggers listen to. @default - none */
  readonly source?: { readonly host: string; readonly connection?: string };
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** The same, with a client, and the APIs that the estate uses. */
export interface GcpContext extends GcpOperatorOptions {
  readonly client: GoogleClient;
  readonly apis: readonly string[];
}
