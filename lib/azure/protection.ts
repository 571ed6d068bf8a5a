import type { Construct } from "../framework";
import { ManagementLock } from "./bindings";
import type { AzureEstate } from "./estate";

/** What must not go by accident. */
export interface Protected {
  /** Id of a resource that holds data or keys. */
  readonly id: string;
  /** Whether its deletion is to be refused. */
  readonly deletionProtection: boolean;
  /** Construct id of the lock, for a second one in the same scope. @default "Lock" */
  readonly lock?: string;
}

/**
 * In production a lock that refuses the deletion of the resource, and of the group that it stands in, to everybody; Terraform
 * takes it away before the resource, once `prevent_destroy` is lifted. The group itself has none: it would be inherited by
 * all that comes and goes in it (endpoints, roles, jobs). What stands in the resource inherits its lock too: to take a right
 * on it or a part of it away, whoever deploys deletes the lock first (`az lock delete`), and the deployment makes it again.
 * https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources
 */
export function protect(
  scope: Construct,
  { id, deletionProtection, lock = "Lock" }: Protected,
  estate: AzureEstate,
): ManagementLock | undefined {
  if (!deletionProtection || !estate.settings.production) return undefined;
  return new ManagementLock(scope, lock, {
    name: "do-not-delete",
    scope: id,
    lockLevel: "CanNotDelete",
    notes: "Holds data or keys of production. Deleted by its own infrastructure only, after an approval by name.",
  });
}
