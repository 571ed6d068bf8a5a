/** The gate between a plan and its apply: what cannot be undone happens only when a person named it. */
import { EXIT, type Problem, UserError } from "../lib/core/errors";
import { isProtected } from "../lib/core/protected";
import type { StackEntry } from "../stacks/manifest";
import { guardOf } from "./guards";
import type { ResourceChange, StackPlan } from "./stack";

interface GateOptions {
  /** Addresses that were approved, or `all` when a person typed the environment's name. */
  readonly losses: readonly string[] | "all";
  /** What was run, for the message. */
  readonly command: string;
}

/** Terraform's words for why (https://developer.hashicorp.com/terraform/internals/json-format#change-representation). */
const REASONS: Readonly<Record<string, string>> = {
  delete_because_no_resource_config: "nothing in the configuration makes it any more",
  delete_because_no_move_target: "nothing in the configuration makes it any more",
  replace_because_tainted: "an earlier run was cut off while it was made",
  replace_because_cannot_update: "a setting of it cannot be changed in place",
  replace_by_request: "its replacement was asked for",
};

/** Whether a change loses data or keys for good. */
export function isLoss({ action, address }: ResourceChange): boolean {
  return (action === "delete" || action === "replace") && isProtected(address);
}

/** Throws with exit code 3 when a plan destroys or replaces a protected resource that nobody approved by its address. */
export function refuseLosses({ name }: Pick<StackEntry, "name">, { changes }: StackPlan, options: GateOptions): void {
  const { losses, command } = options;
  if (losses === "all") return;
  const lost = changes.filter((change) => isLoss(change) && !losses.includes(change.address));
  if (lost.length === 0) return;
  const addresses = lost.map(({ address }) => address).join(" ");
  const approval: Problem = {
    where: name,
    message: "nothing of this layer was changed: what holds data or keys goes only when it is named",
    fix: `If the loss is meant, save what is in there, and run ${command} again as before with --approve ${addresses}`,
  };
  const destroying = command.startsWith("mlops destroy ");
  throw new UserError([...lost.map((change) => lossProblem(name, change, destroying)), approval], EXIT.refused);
}

function lossProblem(stack: string, change: ResourceChange, destroying: boolean): Problem {
  const { address, action, forcedBy, reason = "" } = change;
  const where = `${stack} ${address}`;
  if (destroying) return { where, message: "would be destroyed, and what it holds with it" };
  const what = action === "replace" ? "would be destroyed and made anew" : "would be destroyed";
  const why = forcedBy ? `${forcedBy.join(", ")} cannot be changed in place` : (REASONS[reason] ?? "the plan says so");
  const keep = action === "replace" ? "put that setting back" : "put what makes it back into the configuration";
  return { where, message: `${what}, and what it holds with it, because ${why}`, fix: `To keep it, ${keep}` };
}

/** Throws with exit code 3 when something that would go is guarded: all of it at once, before anything is gone. */
export function refuseGuarded(
  plans: readonly { readonly stack: string; readonly plan: StackPlan }[],
  environment: string,
): void {
  const problems = plans.flatMap(({ stack, plan }) =>
    plan.changes
      .filter(({ guarded }) => guarded)
      .map(({ address, guards = address.split(".")[0] ?? "" }): Problem => {
        const fix = guardOf(guards).lift(environment);
        return { where: `${stack} ${address}`, message: "it is guarded against deletion", fix };
      }),
  );
  if (problems.length > 0) throw new UserError(problems, EXIT.refused);
}
