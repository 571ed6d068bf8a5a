/** What rules over whole stacks of Azure look at. Does not load the engine. */
import { asMap, type Finding, type Resource } from "../hardening";
import type { StackJson } from "../protected";

/** Resources of a type by their id. */
export function entries(stack: StackJson, type: string): [string, Resource][] {
  return Object.entries(stack.resource?.[type] ?? {}).map(([id, body]) => [id, asMap(body)]);
}

/** The reference that another resource names one by. */
export function idOf(type: string, id: string): string {
  return `\${${type}.${id}.id}`;
}

/** A resource that has to stand beside another, in the stack of both. */
export interface Companion {
  readonly of: string;
  /** Resources of the type it counts for. @default - every one */
  readonly where?: (resource: Resource) => boolean;
  /** Its own type. */
  readonly type: string;
  /** Where it names the other. */
  readonly at: string;
  /** What follows the reference there. @default - nothing */
  readonly suffix?: string;
  /** Whether it does what it is there for. @default - always */
  readonly does?: (companion: Resource) => boolean;
  readonly message: string;
  readonly fix: string;
}

/** Resources that stand without it. */
export function alone(
  stack: StackJson,
  { of, where = () => true, type, at, suffix = "", does = () => true, message, fix }: Companion,
): Finding[] {
  const companions = entries(stack, type).map(([, body]) => body);
  return entries(stack, of)
    .filter(([, body]) => where(body))
    .filter(([id]) => !companions.some((each) => each[at] === `${idOf(of, id)}${suffix}` && does(each)))
    .map(([id]) => ({ address: `${of}.${id}`, message, fix }));
}
