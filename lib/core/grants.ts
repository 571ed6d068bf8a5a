/** Which way grants point: from the resource's layer to a later one, never back. */
import { isLacking, type Provided } from "../contracts/provided";
import type { Construct } from "../framework";
import { LayerStack } from "./layer-stack";

/**
 * Checks that a grant stands in the grantee's layer, which must be the resource's or come after it. The other way round
 * two stacks would need each other.
 */
export function checkGrant(resource: Construct, to: Construct): void {
  const [from, grantee] = [LayerStack.ofLayer(resource), LayerStack.ofLayer(to)];
  if (from === grantee || from.comesBefore(grantee)) return;
  throw new Error(
    `${resource.node.path} cannot grant a right to ${to.node.path}: the layer ${grantee.layer} is deployed before ${from.layer}. ` +
      "Make the identity in the layer of the workload that uses it",
  );
}

/** Makes a grant where both sides are there; a part that the platform lacks has nothing to grant. */
export function grant<R extends object, I extends object>(
  resource: Provided<R>,
  to: Provided<I>,
  make: (resource: R, to: I) => void,
): void {
  if (!isLacking(resource) && !isLacking(to)) make(resource, to);
}
