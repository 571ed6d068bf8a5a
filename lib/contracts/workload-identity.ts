import type { Construct } from "../framework";

/** Whose identity it is. */
export interface WorkloadIdentityProps {
  /** What runs under it: `pipelines`, `serving`, `tracking`. Lower case, digits and dashes. */
  readonly workload: string;
  /** Kubernetes service account that may act as it. @default - none */
  readonly kubernetes?: { readonly namespace: string; readonly serviceAccount: string };
}

/** The identity a workload runs as: the receiver of every grant. */
export interface IWorkloadIdentity extends Construct {
  /** Who the platform's access rules mean: an account's member string, a principal id, a local user name. */
  readonly principal: string;
  /** Name of the Kubernetes service account bound to it. Null where no cluster is involved. */
  readonly serviceAccount: string | null;
}
