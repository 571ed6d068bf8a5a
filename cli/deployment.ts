/** Plans, deploys and destroys the layers of an environment, each a stack under Terraform. */
import path from "node:path";
import { LAYERS, type Layer } from "../lib/contracts/layers";
import { UserError } from "../lib/core/errors";
import type { Assumption, StackEntry } from "../stacks/manifest";
import { told } from "./apply-progress";
import type { Context } from "./context";
import type { Synthesized } from "./estate";
import { isLoss, refuseLosses } from "./plan-gate";
import type { Step, Steps } from "./progress";
import { type ResourceChange, Stack, type StackPlan } from "./stack";
import { type Operation, Terraform } from "./terraform";

/** Terraform is mostly waiting: two stacks that do not need each other run side by side. */
const AT_ONCE = 2;

/** One layer's plan, and what became of it. */
export interface LayerPlan {
  readonly layer: Layer;
  readonly stack: string;
  readonly plan: StackPlan;
  /** It was carried out. */
  readonly applied: boolean;
}

/** Whether a plan may be carried out. May ask a person. */
export type Approve = (layer: Layer, plan: StackPlan) => Promise<void>;

/** Which layers are planned, and whether the plans are carried out. */
export interface DeploymentOptions {
  readonly context: Context;
  readonly steps: Steps;
  readonly synthesized: Synthesized;
  /** @default - every layer of the environment */
  readonly layers?: readonly string[];
  readonly destroy?: boolean;
  /** Plan only, and write nothing beside the synthesized folder. @default false */
  readonly readOnly?: boolean;
  /** Absent: plan only. */
  readonly approve?: Approve;
  /** Addresses of protected resources that may go, or `all`. @default - none */
  readonly losses?: readonly string[] | "all";
}

/** Takes each layer through plan and, if approved, apply of exactly that plan; in order, resumable by running again. */
export async function runLayers(options: DeploymentOptions): Promise<readonly LayerPlan[]> {
  const { context, steps, synthesized, destroy = false, readOnly = false, approve, losses = [] } = options;
  const chosen = chooseStacks(synthesized.stacks, options.layers);
  const terraform = await Terraform.find(context.variables, context.interrupt);
  const ordered = destroy ? chosen.toReversed() : chosen;
  const { cloud } = synthesized.entry;
  const title = (stack: StackEntry) => `${approve ? (destroy ? "destroy" : "deploy") : "plan"} ${stack.layer}`;
  const list = ordered.map((entry): Step<LayerPlan> => {
    const before = destroy
      ? ordered.filter(({ dependencies }) => dependencies.includes(entry.name))
      : ordered.filter(({ name }) => entry.dependencies.includes(name));
    return {
      step: title(entry),
      after: approve ? before.map(title) : [],
      work: async (say) => {
        context.interrupt.check();
        const operation: Operation = {
          environment: entry.environment,
          cloud,
          command: `mlops ${approve ? (destroy ? "destroy" : "deploy") : "plan"} ${entry.environment}`,
        };
        let done = 0;
        const stack = new Stack({
          terraform,
          folder: path.join(synthesized.outdir, entry.workingDirectory),
          name: entry.name,
          readOnly,
          operation,
          onEvent: (event) => {
            if (event.type === "apply_complete") done += 1;
            const line = told(event, cloud);
            if (line !== null) say(line);
          },
        });
        return stack.withPlan({ destroy }, async (plan, apply) => {
          const applied = approve !== undefined && plan.changed;
          if (applied) {
            refuseLosses(entry, plan, { losses, command: operation.command });
            await approve(entry.layer, plan);
            context.interrupt.check();
            await withWhatWasDone(apply, () => ({ done, plan, entry, operation }));
          }
          const detail = summary(plan, applied ? "past" : "future");
          return { value: { layer: entry.layer, stack: entry.name, plan, applied }, detail };
        });
      },
    };
  });
  return steps.all(list, AT_ONCE);
}

interface HalfDone {
  readonly done: number;
  readonly plan: StackPlan;
  readonly entry: StackEntry;
  readonly operation: Operation;
}

/** Adds to an error in a cloud how far it came: nothing of that is lost, and nobody need clean up. */
async function withWhatWasDone(apply: () => Promise<void>, state: () => HalfDone): Promise<void> {
  try {
    await apply();
  } catch (error) {
    const { done, plan, entry, operation } = state();
    if (!(error instanceof UserError) || operation.cloud === "local") throw error;
    const message = `${done} of ${plan.changes.length} changes of the layer ${entry.layer} were made, and are recorded`;
    const fix = `${operation.command} goes on from there: run it again when the cause is gone`;
    throw new UserError([...error.problems, { where: entry.name, message, fix }], error.exitCode, { cause: error });
  }
}

const DONE = { create: "created", update: "updated", replace: "replaced", delete: "deleted" } as const;

/** `no changes`; `2 to create, 1 to delete`; once it is carried out `2 created, 1 deleted`. */
export function summary({ changes, outputsChange }: StackPlan, tense: "past" | "future" = "future"): string {
  const parts = (Object.keys(DONE) as (keyof typeof DONE)[]).flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    if (count === 0) return [];
    return [tense === "past" ? `${count} ${DONE[action]}` : `${count} to ${action}`];
  });
  if (parts.length > 0) return parts.join(", ");
  if (!outputsChange) return "no changes";
  return tense === "past" ? "outputs changed" : "only outputs change";
}

function chooseStacks(stacks: readonly StackEntry[], layers: readonly string[] | undefined): readonly StackEntry[] {
  if (layers === undefined || layers.length === 0) return stacks;
  const known = stacks.map(({ layer }) => layer);
  const problems = layers
    .filter((layer) => !known.some((name) => name === layer))
    .map((layer) => ({
      where: `--layer ${layer}`,
      message: LAYERS.some((name) => name === layer)
        ? "this environment has nothing in this layer"
        : "there is no such layer",
      fix: `Layers of this environment: ${known.join(", ")}`,
    }));
  if (problems.length > 0) throw new UserError(problems);
  return stacks.filter(({ layer }) => layers.includes(layer));
}

/** A plan in lines for people: a heading a layer, a line a resource, and what of it stands on examples. */
export function planText(plans: readonly LayerPlan[], assumed: readonly Assumption[] = []): string {
  const sign = { create: "+", update: "~", replace: "-/+", delete: "-" } as const;
  const layers = plans.flatMap(({ layer, plan, applied }) => [
    `${layer}: ${summary(plan, applied ? "past" : "future")}`,
    ...plan.changes.map((change) => `  ${sign[change.action]} ${change.address}${remark(change)}`),
  ]);
  const planned = assumed.filter(({ stack }) => plans.some((one) => one.stack === stack));
  const examples = planned.map(({ key, from, example }) => `assumed: ${key} of ${from} = ${example}`);
  return [...layers, ...new Set(examples)].join("\n");
}

/** What a reader of a plan must not miss. */
function remark(change: ResourceChange): string {
  const forced = change.forcedBy ? ` (replaced because of ${change.forcedBy.join(", ")})` : "";
  const guarded = change.guarded ? "  ! guarded against deletion" : "";
  return `${forced}${isLoss(change) ? "  ! holds data or keys: has to be approved by --approve" : ""}${guarded}`;
}

/** The same for programs. */
export function planDocument(environment: string, plans: readonly LayerPlan[], synthesized: Synthesized): object {
  return {
    environment,
    changed: plans.some(({ plan }) => plan.changed),
    layers: plans.map(({ layer, stack, plan, applied }) => ({ layer, stack, applied, ...plan })),
    assumed: synthesized.entry.assumed,
  };
}
