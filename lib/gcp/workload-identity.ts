// STUB
import type { IWorkloadIdentity, WorkloadIdentityProps } from "../contracts/workload-identity";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpWorkloadIdentity extends IWorkloadIdentity {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpWorkloadIdentity extends Construct {
  constructor(scope: Construct, id: string, props: WorkloadIdentityProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
