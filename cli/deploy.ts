/** Deploying: check the machine, take the layers through Terraform, then make what runs equal to what is deployed. */
import type { Environment } from "../environments/schema";
import type { IOperator, PartChange } from "../lib/contracts/operator";
import { type Problem, UserError } from "../lib/core/errors";
import { checksOf } from "./checks";
import type { Context } from "./context";
import { type Approve, type LayerPlan, runLayers } from "./deployment";
import { definitionsIn, operatorOf, type Synthesized, synthesize, withLedger } from "./estate";
import type { Steps } from "./progress";

interface DeployOptions {
  readonly context: Context;
  readonly environment: Environment;
  readonly steps: Steps;
  /** @default - every layer */
  readonly layers?: readonly string[];
  readonly approve: Approve;
  /** Addresses of protected resources that may be destroyed or replaced. @default - none */
  readonly losses?: readonly string[];
}

/** What a deployment did, and the operator of what stands now. */
export interface Deployed {
  readonly synthesized: Synthesized;
  readonly plans: readonly LayerPlan[];
  readonly parts: readonly PartChange[];
  readonly operator: IOperator;
}

/** Deploys layers in order. Throws at the first that fails; the same call goes on from there. */
export async function deploy({
  context,
  environment,
  steps,
  layers,
  approve,
  losses,
}: DeployOptions): Promise<Deployed> {
  const { interrupt } = context;
  const synthesized = await steps.run("synth", async () => {
    const made = await synthesize(context, environment);
    return { value: made, detail: `${made.stacks.length} stacks` };
  });
  const definitions = definitionsIn(synthesized);
  await steps.run("check", async () => {
    const checks = await checksOf(context, environment, definitions);
    refuse(checks.filter(({ ok }) => !ok).map(({ check, message, fix }) => problem(check, message, fix)));
    return { value: undefined, detail: `${checks.length} checks passed` };
  });
  interrupt.check();
  const plans = await runLayers({ context, steps, synthesized, layers, approve, losses });
  interrupt.check();
  // Of what was not taken through Terraform just now, nothing is known.
  const standing = definitions.filter((definition) => plans.some(({ layer }) => layer === definition.layer));
  const operator = await operatorOf(context, environment, standing);
  // Terraform knows definitions, not processes: what died since is revived even when nothing was to be changed.
  const parts = await steps.run("start", async (say) => {
    const changes = await interrupt.during(() => operator.reconcile(say));
    const touched = changes.filter(({ change }) => change !== "unchanged").length;
    return {
      value: changes,
      detail:
        changes.length === 0
          ? "nothing to start"
          : touched === 0
            ? "everything runs already"
            : `${touched} of ${changes.length} parts`,
    };
  });
  interrupt.check();
  const recoverable = operator.unavailable?.ledger === undefined;
  if (recoverable && plans.some(({ layer }) => layer === "serving")) await recover({ environment, operator, steps });
  return { synthesized, plans, parts, operator };
}

/** Ends releases whose process died, so that requests go to one whole version again and the ledger says so. */
async function recover({
  environment,
  operator,
  steps,
}: Pick<Deployed, "operator"> & Pick<DeployOptions, "environment" | "steps">): Promise<void> {
  await steps.run("recover", async () => {
    const { recoverReleases } = await import("../operations/release-recover");
    const ended = await withLedger(operator, (ledger) => recoverReleases({ operator, ledger, environment }));
    const words = ended.map(({ project, version, reason }) => `release of ${project} version ${version}: ${reason}`);
    return { value: undefined, detail: words.join("; ") || "no release was cut off" };
  });
}

function problem(check: string, message: string, fix: string | null): Problem {
  return { where: check, message, ...(fix === null ? {} : { fix }) };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new UserError(problems);
}
