/**
 * What waits for what. Names are computed, so Terraform does not see that what carries a name waits for what has it: a
 * service for the account it runs as, a bucket for its key. Inside a layer that order is kept here; between layers the deployment keeps it.
 */

import {
  Aspects,
  type Construct,
  type IAspect,
  type IConstruct,
  TerraformResource,
  type TerraformStack,
} from "../framework";
import { LayerStack } from "./layer-stack";

const WAITING = new WeakMap<TerraformStack, Waiting>();

/** From now on whatever mentions the name in this layer is made after these resources, and destroyed before them. */
export function awaitedByName(scope: Construct, name: string, resources: readonly TerraformResource[]): void {
  const stack = LayerStack.ofLayer(scope);
  const known = WAITING.get(stack) ?? new Waiting();
  if (!WAITING.has(stack)) {
    WAITING.set(stack, known);
    Aspects.of(stack).add(known);
  }
  known.add(name, resources);
}

/** Resources that stand in a construct, for `dependsOn`: of an identity its account and its rights. */
export function resourcesOf(construct: IConstruct): TerraformResource[] {
  return construct.node.findAll().filter((node) => TerraformResource.isTerraformResource(node));
}

/** Whether two constructs are deployed by one stack, so that one may wait for the other. */
export function sameLayer(one: Construct, other: Construct): boolean {
  return LayerStack.ofLayer(one) === LayerStack.ofLayer(other);
}

/** Adds `depends_on` to each resource that mentions a name of its own layer. */
class Waiting implements IAspect {
  private readonly names = new Map<string, readonly TerraformResource[]>();

  add(name: string, resources: readonly TerraformResource[]): void {
    this.names.set(name, [...(this.names.get(name) ?? []), ...resources]);
  }

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    const text = JSON.stringify(node.toTerraform());
    const found = [...this.names].filter(([name]) => mentions(text, name)).flatMap(([, resources]) => resources);
    const others = found.filter((resource) => resource !== node).map(addressOf);
    if (others.length > 0) node.dependsOn = [...new Set([...(node.dependsOn ?? []), ...others])];
  }
}

/** How `depends_on` names a resource: without the braces of an expression. */
function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}

/** Whether the name stands in the text as a whole: `keys/ml` is not mentioned by `keys/ml-old`. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/[\w-]/.test(text.charAt(at + name.length))) return true;
  }
  return false;
}
