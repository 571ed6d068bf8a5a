import type { Construct } from "../framework";
import type { SizeClass } from "./sizes";

/** How large notebooks are, and when they stop. */
export interface NotebooksProps {
  /** Size of the machine. @default "cpu-small" */
  readonly class?: SizeClass;
  /** Minutes without use after which an instance is stopped. @default 60 */
  readonly idleShutdownMinutes?: number;
}

/** Notebooks for exploration, private, stopped when idle. */
export interface INotebooks extends Construct {
  /** Where a person opens them. */
  readonly uri: string;
}
