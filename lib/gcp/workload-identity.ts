import type { IWorkloadIdentity, WorkloadIdentityProps } from "../contracts/workload-identity";
import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { ServiceAccount, ServiceAccountIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { GcpProjectServices } from "./project-services";

/** Acts as the account without a key: what a pod does whose Kubernetes service account is bound to it. */
const FEDERATED_ROLE = "roles/iam.workloadIdentityUser";

/**
 * The account a workload runs as. Whatever in its layer mentions its address is made after it.
 *
 * A Kubernetes service account can be bound once the project's first cluster with Workload Identity is there: before it,
 * the pool that its name is part of does not exist. So workloads with one belong to a layer after `compute`.
 */
export class GcpWorkloadIdentity extends Construct implements IWorkloadIdentity {
  readonly principal: string;
  readonly serviceAccount: string | null;

  constructor(scope: Construct, id: string, { workload, kubernetes }: WorkloadIdentityProps, estate: GcpEstate) {
    super(scope, id);
    const { project, environment, existing } = estate.settings;
    const email = estate.serviceAccount(workload);
    this.principal = `serviceAccount:${email}`;
    this.serviceAccount = kubernetes?.serviceAccount ?? null;
    const account = new ServiceAccount(this, "Account", {
      project,
      accountId: estate.name("serviceAccount", workload),
      displayName: `${workload} (${environment})`,
      description: `What ${workload} of the environment ${environment} runs as.`,
      dependsOn: GcpProjectServices.enabling(this, "iam.googleapis.com"),
    });
    awaitedByName(this, email, [account]);
    if (kubernetes === undefined) return;
    // A cluster of another project brings that project's pool.
    const pool = existing.cluster?.split("/")[1] ?? project;
    new ServiceAccountIamMember(this, "Kubernetes", {
      serviceAccountId: account.name,
      role: FEDERATED_ROLE,
      member: `serviceAccount:${pool}.svc.id.goog[${kubernetes.namespace}/${kubernetes.serviceAccount}]`,
    });
  }
}
