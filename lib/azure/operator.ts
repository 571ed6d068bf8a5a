// STUB
import type { IBootstrapper } from "../contracts/bootstrap";
import type { CloudAccess } from "../contracts/cloud-access";
import type { NodePool } from "../contracts/cluster";
import type { IOperator } from "../contracts/operator";
import type { AzureSettings } from "./parts/settings";

export interface AzureOperatorOptions {
  readonly settings: AzureSettings;
  readonly access: CloudAccess;
  readonly pools: readonly NodePool[];
  readonly source?: { readonly host: string; readonly connection?: string };
}

export function createAzureOperator(_options: AzureOperatorOptions): IOperator {
  throw new Error("stub");
}

export function createAzureBootstrapper(_options: Pick<AzureOperatorOptions, "settings" | "access">): IBootstrapper {
  throw new Error("stub");
}
