/** One stack of an environment under Terraform: prepare, plan, apply exactly that plan, read outputs. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { UserError } from "../lib/core/errors";
import { guardedType, isGuarded } from "./guards";
import {
  erroredState,
  erroredStateProblem,
  type Operation,
  type Terraform,
  type TerraformEvent,
  type TerraformOptions,
  terraformError,
} from "./terraform";

const COMMON = ["-input=false", "-no-color", "-json"];
/** How long Terraform itself waits for somebody else's state lock. */
const LOCK = "-lock-timeout=60s";

/** What is done to a resource. */
export type Action = "create" | "update" | "replace" | "delete";

/** What a plan does to one resource. */
export interface ResourceChange {
  readonly address: string;
  readonly action: Action;
  /** Attributes that cannot be changed in place, and so make the replacement. @default - it is none, or none is named */
  readonly forcedBy?: readonly string[];
  /** Why, in Terraform's word: `delete_because_no_resource_config`. @default - none is given */
  readonly reason?: string;
  /** As it stands, its provider refuses to delete it, or it is a lock that guards something else. @default false */
  readonly guarded?: boolean;
  /** Type whose guard it is. @default - the resource's own */
  readonly guards?: string;
}

/** What a plan would change. */
export interface StackPlan {
  readonly changes: readonly ResourceChange[];
  /** Outputs count: a plan may change nothing but them. */
  readonly outputsChange: boolean;
  readonly changed: boolean;
}

/** Where a stack lies, and who is told of its progress. */
export interface StackOptions {
  readonly terraform: Terraform;
  readonly folder: string;
  readonly name: string;
  /** Nothing may be written beside the folder: the state is read without its lock. @default false */
  readonly readOnly?: boolean;
  readonly onEvent?: (event: TerraformEvent) => void;
  /** The cloud it stands in, and the command that goes on after an error: for explaining what a cloud said. */
  readonly operation: Operation;
}

/** A synthesized stack in its folder. */
export class Stack {
  readonly #options: TerraformOptions;

  constructor(private readonly options: StackOptions) {
    const { folder, name: stack, onEvent, operation } = options;
    this.#options = { folder, stack, onEvent, operation };
  }

  /**
   * Plans, and hands the plan to `use` together with the way to apply it. The plan's file may hold what the state holds:
   * it lives in a private folder and not longer than this call.
   */
  async withPlan<T>(
    { destroy = false }: { destroy?: boolean },
    use: (plan: StackPlan, apply: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    await this.#prepare();
    const folder = fs.mkdtempSync(path.join(this.options.folder, ".plan-"));
    try {
      const file = path.join(folder, "plan");
      const lock = this.options.readOnly ? "-lock=false" : LOCK;
      const args = ["plan", ...COMMON, lock, "-detailed-exitcode", `-out=${file}`, ...(destroy ? ["-destroy"] : [])];
      const run = await this.options.terraform.run(args, this.#options);
      if (run.exitCode !== 0 && run.exitCode !== 2) throw terraformError("plan", this.#options, run);
      const plan = run.exitCode === 0 ? NOTHING : await this.#show(file);
      return await use(plan, () => this.#apply(file));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Outputs of the deployed stack; empty before the first deployment. */
  async outputs(): Promise<Readonly<Record<string, { value: unknown; sensitive: boolean }>>> {
    await this.#prepare();
    const run = await this.options.terraform.run(["output", "-no-color", "-json"], this.#options);
    if (run.exitCode !== 0) throw terraformError("output", this.#options, run);
    return JSON.parse(run.text || "{}") as Record<string, { value: unknown; sensitive: boolean }>;
  }

  async #apply(file: string): Promise<void> {
    const run = await this.options.terraform.run(["apply", ...COMMON, LOCK, file], this.#options);
    if (run.exitCode !== 0) throw terraformError("apply", this.#options, run);
  }

  async #show(file: string): Promise<StackPlan> {
    const run = await this.options.terraform.run(["show", "-no-color", "-json", file], {
      ...this.#options,
      onEvent: undefined,
    });
    if (run.exitCode !== 0) throw terraformError("show", this.#options, run);
    return readPlan(run.text);
  }

  /** `terraform init`, only when the backend, the providers or Terraform itself changed since the last one. */
  async #prepare(): Promise<void> {
    const { terraform, folder, name } = this.options;
    const kept = erroredState(folder);
    if (kept !== null) throw new UserError(erroredStateProblem(name, kept));
    const stamp = path.join(folder, ".terraform", "mlops-init");
    const wanted = `${terraform.version} ${initDigest(path.join(folder, "cdk.tf.json"))}`;
    if (read(stamp) === wanted) return;
    const run = await terraform.run(["init", ...COMMON], this.#options);
    if (run.exitCode !== 0) throw terraformError("init", this.#options, run);
    fs.mkdirSync(path.dirname(stamp), { recursive: true });
    fs.writeFileSync(stamp, wanted);
  }
}

const NOTHING: StackPlan = { changes: [], outputsChange: false, changed: false };

interface PlannedChange {
  readonly address: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: unknown;
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

interface PlanDocument {
  readonly resource_changes?: readonly PlannedChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

/** Reads the JSON form of a plan (https://developer.hashicorp.com/terraform/internals/json-format). */
export function readPlan(text: string): StackPlan {
  const document = JSON.parse(text) as PlanDocument;
  const changes = (document.resource_changes ?? []).flatMap(changeOf);
  const outputsChange = Object.values(document.output_changes ?? {}).some(({ actions }) => actions[0] !== "no-op");
  return { changes, outputsChange, changed: changes.length > 0 || outputsChange };
}

function changeOf({ address, action_reason: reason, change }: PlannedChange): ResourceChange[] {
  const action = actionOf(change.actions);
  if (action === null) return [];
  const forcedBy = (change.replace_paths ?? []).map((path) => path.join("."));
  const guarded = (action === "delete" || action === "replace") && isGuarded(change.before);
  const type = address.split(".")[0] ?? "";
  const guards = guardedType(type, change.before);
  return [
    {
      address,
      action,
      ...(forcedBy.length > 0 ? { forcedBy } : {}),
      ...(reason === undefined ? {} : { reason }),
      ...(guarded ? { guarded } : {}),
      ...(guards === type ? {} : { guards }),
    },
  ];
}

function actionOf(actions: readonly string[]): Action | null {
  if (actions.includes("create") && actions.includes("delete")) return "replace";
  const [action] = actions;
  return action === "create" || action === "update" || action === "delete" ? action : null;
}

/** Digest of what `init` depends on. */
function initDigest(file: string): string {
  const { terraform, provider } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
  return createHash("sha256")
    .update(JSON.stringify([terraform, Object.keys(provider ?? {})]))
    .digest("hex");
}

function read(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
