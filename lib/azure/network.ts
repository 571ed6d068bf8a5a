// STUB
import type { INetwork, NetworkProps } from "../contracts/network";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureNetwork extends Construct implements INetwork {
  readonly reference = "stub";
  readonly subnets = { nodes: "a", services: "b", endpoints: "c" };

  constructor(scope: Construct, id: string, _props: NetworkProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
