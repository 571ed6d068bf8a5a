import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import { awaitedByName } from "../core/ordering";
import type { Construct } from "../framework";
import { RoleAssignment } from "./bindings";
import { AzureWorkloadIdentity } from "./workload-identity";

/** A built-in role on one resource. */
export interface AzureRight {
  /** Short word for the id: `read`. */
  readonly right: string;
  /** Name of the role, https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles. */
  readonly role: string;
  /** Id of what the right is on, as narrow as there is one. */
  readonly scope: string;
}

/**
 * Gives a role once, however often it is asked for, in the grantee's layer: additive, beside what others were given.
 * @param resource what the right is on; its layer comes before the grantee's, or is the same
 */
export function grantOnce(resource: Construct, to: IWorkloadIdentity, right: AzureRight): void {
  checkGrant(resource, to);
  const id = `${resource.node.id}-${right.right}`;
  if (to.node.tryFindChild(id) !== undefined) return;
  const given = assignRole(to, id, { ...right, principal: to.principal });
  // What runs as the identity needs its rights from the start: without the one to pull, its image does not arrive.
  if (to instanceof AzureWorkloadIdentity) awaitedByName(to, to.resourceId, [given]);
}

/** Gives a role to an identity. A fresh one is not known everywhere at once, so it is not looked for first. */
export function assignRole(
  scope: Construct,
  id: string,
  { principal, role, scope: on }: Omit<AzureRight, "right"> & { readonly principal: string },
): RoleAssignment {
  return new RoleAssignment(scope, id, {
    scope: on,
    roleDefinitionName: role,
    principalId: principal,
    principalType: "ServicePrincipal",
    skipServicePrincipalAadCheck: true,
  });
}
