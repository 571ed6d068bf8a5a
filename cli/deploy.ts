/** Deploying: check the machine, take the layers through Terraform, then make what runs equal to what is deployed. */
import type { Environment } from "../environments/schema";
import type { IOperator, PartChange } from "../lib/contracts/operator";
import { type Problem, UserError } from "../lib/core/errors";
import type { Context } from "./context";
import { type Approve, type LayerPlan, runLayers } from "./deployment";
import { definitionsIn, operatorOf, type Synthesized, synthesize } from "./estate";
import type { Steps } from "./progress";

interface DeployOptions {
  readonly context: Context;
  readonly environment: Environment;
  readonly steps: Steps;
  /** @default - every layer */
  readonly layers?: readonly string[];
  readonly approve: Approve;
}

export interface Deployed {
  readonly synthesized: Synthesized;
  readonly plans: readonly LayerPlan[];
  readonly parts: readonly PartChange[];
  readonly operator: IOperator;
}

export async function deploy({ context, environment, steps, layers, approve }: DeployOptions): Promise<Deployed> {
  const { interrupt } = context;
  const synthesized = await steps.run("synth", async () => {
    const made = await synthesize(context, environment);
    return { value: made, detail: `${made.stacks.length} stacks` };
  });
  const definitions = definitionsIn(synthesized);
  await steps.run("check", async () => {
    const checks = await (await operatorOf(context, environment, definitions)).doctor();
    refuse(checks.filter(({ ok }) => !ok).map(({ check, message, fix }) => problem(check, message, fix)));
    return { value: undefined, detail: `${checks.length} checks passed` };
  });
  interrupt.check();
  const plans = await runLayers({ context, steps, synthesized, layers, approve });
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
      detail: touched === 0 ? "everything runs already" : `${touched} of ${changes.length} parts`,
    };
  });
  interrupt.check();
  return { synthesized, plans, parts, operator };
}

function problem(check: string, message: string, fix: string | null): Problem {
  return { where: check, message, ...(fix === null ? {} : { fix }) };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new UserError(problems);
}
