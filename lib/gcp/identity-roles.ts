import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { ProjectIamMember, ServiceAccountIamMember } from "./bindings";
import type { GcpEstate } from "./estate";

/** Acts as a service account: https://cloud.google.com/iam/docs/service-account-permissions. */
const ACT_AS = "roles/iam.serviceAccountUser";

/**
 * Gives an identity a role in the whole project, once however often it is asked for. Only for services that know no
 * rights on a single resource.
 */
export function projectRole(identity: IWorkloadIdentity, role: string, estate: GcpEstate): void {
  const id = `Role-${role.replace(/^roles\//, "").replace(/[^A-Za-z0-9]+/g, "-")}`;
  if (identity.node.tryFindChild(id) !== undefined) return;
  new ProjectIamMember(identity, id, { project: estate.settings.project, role, member: identity.principal });
}

/** Lets an identity start jobs that run as itself, once however often it is asked for. */
export function actAsItself(identity: IWorkloadIdentity, estate: GcpEstate): void {
  const id = "ActAsItself";
  if (identity.node.tryFindChild(id) === undefined) actAs(identity, identity.principal, id, estate);
}

/** Lets somebody start jobs that run as an identity. */
export function actAs(identity: IWorkloadIdentity, member: string, id: string, { settings }: GcpEstate): void {
  new ServiceAccountIamMember(identity, id, {
    serviceAccountId: `projects/${settings.project}/serviceAccounts/${mailOf(identity)}`,
    role: ACT_AS,
    member,
  });
}

/** Lets an identity submit pipelines: a run works as the pipelines' account, and who starts it must be allowed to act as it. */
export function actAsPipelines(identity: IWorkloadIdentity, estate: GcpEstate): void {
  new ServiceAccountIamMember(identity, "ActAsPipelines", {
    serviceAccountId: `projects/${estate.settings.project}/serviceAccounts/${estate.serviceAccount("pipelines")}`,
    role: ACT_AS,
    member: identity.principal,
  });
}

/** Mail address of the account behind an identity. */
export function mailOf({ principal }: IWorkloadIdentity): string {
  return principal.replace(/^serviceAccount:/, "");
}
