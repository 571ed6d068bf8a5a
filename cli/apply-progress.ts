/** Lines that tell how an apply goes on. */
import { duration } from "./output";
import type { TerraformEvent } from "./terraform";

const DOING: Readonly<Record<string, string>> = { create: "creating", update: "updating", delete: "deleting" };
const DONE: Readonly<Record<string, string>> = { create: "created", update: "updated", delete: "deleted" };
/** Seconds between lines of a resource that takes long; Terraform itself speaks every ten. */
const REMINDER = 30;

/** What a person is told of an event; null for nothing. In a cloud each resource is a line, and long ones are heard of. */
export function told({ type, hook }: TerraformEvent, cloud: string): string | null {
  if (type === "provision_progress") {
    return hook?.output && !hook.output.startsWith("Executing:") ? hook.output : null;
  }
  const address = hook?.resource?.addr;
  if (cloud === "local" || address === undefined) return null;
  const { action = "", elapsed_seconds: elapsed = 0 } = hook ?? {};
  if (type === "apply_complete") return `${address}: ${DONE[action] ?? "done"} (${duration(elapsed)})`;
  const late = type === "apply_progress" && elapsed >= REMINDER && Math.round(elapsed / 10) % (REMINDER / 10) === 0;
  return late ? `${address}: still ${DOING[action] ?? "at work"} (${duration(elapsed)})` : null;
}
