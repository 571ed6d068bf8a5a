/** The one-off set-up of an environment's cloud account: what Terraform itself needs before its first run. */
import type { Progress } from "./operator";

/** One thing that has to be there. */
export interface BootstrapAction {
  /** What it is about: `state bucket`. */
  readonly action: string;
  /** `there`: nothing to do. `create`: it is missing. `update`: it is there and not as it should be. */
  readonly state: "there" | "create" | "update";
  /** In one line: what is there, or what will be done. */
  readonly detail: string;
  /** What will be written, in full, a line each; what is there, when nothing is to be done. */
  readonly items: readonly string[];
}

/** Sets an account up. Looking writes nothing, and what stands as it should is not touched. */
export interface IBootstrapper {
  /** Looks at what is there. */
  plan(): Promise<readonly BootstrapAction[]>;
  /** Does what the last plan shows, and nothing else. */
  carryOut(progress: Progress): Promise<void>;
}
