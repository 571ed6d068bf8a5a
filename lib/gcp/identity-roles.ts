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
export function actAs(identity: IWorkloadIdentity, member: string, id: string, estate: GcpEstate): void {
  makeActAs(identity, id, { account: mailOf(identity), member }, estate);
}

/** Lets an identity submit pipelines: a run works as the pipelines' account, and who starts it must be allowed to act as it. */
export function actAsPipelines(identity: IWorkloadIdentity, estate: GcpEstate): void {
  const account = estate.serviceAccount("pipelines");
  makeActAs(identity, "ActAsPipelines", { account, member: identity.principal }, estate);
}

function makeActAs(
  scope: IWorkloadIdentity,
  id: string,
  { account, member }: { readonly account: string; readonly member: string },
  { settings }: GcpEstate,
): void {
  const serviceAccountId = `projects/${settings.project}/serviceAccounts/${account}`;
  new ServiceAccountIamMember(scope, id, { serviceAccountId, role: ACT_AS, member });
}

/** Mail address of the account behind an identity. */
export function mailOf({ principal }: Pick<IWorkloadIdentity, "principal">): string {
  return principal.replace(/^serviceAccount:/, "");
}
