import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import type { Construct } from "../framework";

/**
 * Makes a grant once, however often it is asked for, in the grantee's layer: an additive binding, never a policy that
 * replaces what others granted.
 * @param resource what the right is on; its layer comes before the grantee's, or is the same
 * @param right short word for the id: `read`
 */
export function grantOnce(
  resource: Construct,
  to: IWorkloadIdentity,
  right: string,
  make: (scope: Construct, id: string) => void,
): void {
  checkGrant(resource, to);
  const id = `${resource.node.id}-${right}`;
  if (to.node.tryFindChild(id) === undefined) make(to, id);
}
