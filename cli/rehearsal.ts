/** What a command would change, for `--dry-run`: planned in a folder that does not stay; nothing is locked or written. */
import path from "node:path";
import type { Environment } from "../environments/schema";
import type { Context } from "./context";
import { type DeploymentOptions, type LayerPlan, planDocument, planText, runLayers } from "./deployment";
import { type Synthesized, withScratch } from "./estate";
import { withoutPreventDestroy } from "./prevent-destroy";
import { Steps } from "./progress";

/** Beginning of the names of folders that do not stay; beside the state, which is found from there. */
export const SCRATCH = ".dry-run-";

interface RehearsalOptions {
  readonly context: Context;
  readonly environment: Environment;
  /** @default - every layer */
  readonly layers?: readonly string[];
  readonly destroy?: boolean;
}

/** A plan, for programs and for people. */
export interface Rehearsal {
  readonly document: object;
  readonly text: string;
}

/** Plans layers without touching what is deployed. */
export async function rehearse({ context, environment, layers, destroy }: RehearsalOptions): Promise<Rehearsal> {
  const prefix = path.join(context.workspace, SCRATCH);
  return withScratch(context, environment, { prefix }, async (synthesized) => {
    const steps = new Steps(context.output);
    const options = { context, steps, synthesized, layers, readOnly: true };
    const plans = await (destroy ? planDestruction(options) : runLayers(options));
    const document = { ...planDocument(environment.name, plans, synthesized), dryRun: true };
    return { document, text: planText(plans, synthesized.entry.assumed) };
  });
}

/**
 * Plans the destruction of layers in a folder that does not stay, as if nothing refused it; what does is marked. Terraform
 * itself would end at the first layer with something of the kind, and name nothing of the others.
 */
export async function planDestruction(
  options: Omit<DeploymentOptions, "approve" | "destroy"> & { readonly synthesized: Synthesized },
): Promise<readonly LayerPlan[]> {
  const guarded = withoutPreventDestroy(options.synthesized);
  const plans = await runLayers({ ...options, destroy: true });
  return plans.map((row) => {
    const mark = guarded.get(row.stack);
    const changes = row.plan.changes.map((change) =>
      mark?.has(change.address) ? { ...change, guarded: true } : change,
    );
    return { ...row, plan: { ...row.plan, changes } };
  });
}
