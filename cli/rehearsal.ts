/** What a command would change, for `--dry-run`: planned in a folder that does not stay; nothing is locked or written. */
import path from "node:path";
import type { Environment } from "../environments/schema";
import type { Context } from "./context";
import { planDocument, planText, runLayers } from "./deployment";
import { withScratch } from "./estate";
import { Steps } from "./progress";

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
  const prefix = path.join(context.workspace, ".dry-run-");
  return withScratch(context, environment, { prefix }, async (synthesized) => {
    const steps = new Steps(context.output);
    const plans = await runLayers({ context, steps, synthesized, layers, destroy, readOnly: true });
    const document = { ...planDocument(environment.name, plans, synthesized), dryRun: true };
    return { document, text: planText(plans, synthesized.entry.assumed) };
  });
}
