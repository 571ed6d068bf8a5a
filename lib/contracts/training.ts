import type { Construct } from "../framework";
import type { SizeClass } from "./sizes";

/** Machines that training steps run on where the orchestrator is managed. There are none when idle. */
export interface TrainingProps {
  /** Size of one machine. */
  readonly class: SizeClass;
  /** Most machines at once. */
  readonly max: number;
  readonly capacity: "onDemand" | "spot";
  /** Let the cloud size the machines where it offers that. @default false */
  readonly serverless?: boolean;
}

/** Where a training step asks for a machine. */
export interface ITraining extends Construct {
  /** What a job names: a machine type with its accelerator, or a compute target. */
  readonly reference: string;
}
