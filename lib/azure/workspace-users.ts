import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { UserError } from "../core/errors";
import { checkGrant } from "../core/grants";
import { shortHash } from "../core/hash";
import type { Construct } from "../framework";
import { RoleAssignment } from "./bindings";
import type { AzureEstate } from "./estate";
import { type AzureRight, assignRole } from "./grants";
import { OWN_STORE } from "./workspace-rights";

/**
 * Submits jobs, logs and registers; makes no machines and changes no workspace. Files of runs and models lie in containers that Azure
 * ML names itself, so the right is on the account. It takes no keys, so whoever uses the workspace reads and writes them as themselves.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-assign-roles,
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-disable-local-auth-storage#scenarios-for-role-assignments
 */
function useRights(estate: AzureEstate): readonly AzureRight[] {
  return [
    { right: "use", role: "AzureML Data Scientist", scope: estate.workspaceId },
    { right: "files", role: "Storage Blob Data Contributor", scope: estate.storageAccountId(OWN_STORE) },
  ];
}

/**
 * Lets a workload use the workspace; once, whichever of its parts asks. What runs as the identity does not wait for this: the workspace
 * itself may name the identity, and stands before the right.
 */
export function useWorkspace(resource: Construct, to: IWorkloadIdentity, estate: AzureEstate): void {
  checkGrant(resource, to);
  for (const { right, role, scope } of useRights(estate)) {
    const id = `workspace-${right}`;
    if (to.node.tryFindChild(id) === undefined) assignRole(to, id, { principal: to.principal, role, scope });
  }
}

/** Lets the members of a team's group use the workspace. */
export function letGroupUseWorkspace(scope: Construct, group: string, estate: AzureEstate): void {
  const principal = groupId(group, estate);
  for (const right of useRights(estate)) groupRight(scope, group, principal, right);
}

/** Gives a role to a group, by the id that Entra knows it by. */
export function groupRight(scope: Construct, group: string, principalId: string, right: AzureRight): void {
  new RoleAssignment(scope, `Group-${shortHash(group)}-${right.right}`, {
    scope: right.scope,
    roleDefinitionName: right.role,
    principalId,
    principalType: "Group",
  });
}

/** The id of a team's group, which Azure's rights name; the configuration has its mail address, and may have the id. */
function groupId(group: string, { settings }: AzureEstate): string {
  const found = settings.groups[group];
  if (found !== undefined) return found;
  throw new UserError({
    where: "teams",
    message: `the group ${group} has no id, and Azure gives rights to ids only`,
    fix: "Write the object id that Entra has for it as entraGroup of the team: az ad group show --group NAME --query id",
  });
}
