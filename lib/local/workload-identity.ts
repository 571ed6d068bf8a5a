import type { IWorkloadIdentity, WorkloadIdentityProps } from "../contracts/workload-identity";
import { nameFor } from "../core/naming";
import { Construct } from "../framework";
import type { LocalEstate } from "./estate";

/** A workload of the estate. Every one runs as the operating system's user who deployed, so it has no account of its own. */
export class LocalWorkloadIdentity extends Construct implements IWorkloadIdentity {
  readonly principal: string;
  readonly serviceAccount = null;

  constructor(scope: Construct, id: string, { workload }: WorkloadIdentityProps, { environment }: LocalEstate) {
    super(scope, id);
    const name = nameFor("local.folder", { organisation: "local", environment, role: workload }, this.node.path);
    this.principal = `local:${name}`;
  }
}
