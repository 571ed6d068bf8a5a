import type { Construct } from "../framework";

/** What is trained without code. */
export interface AutoMlProps {
  /** Projects that get a managed data set. */
  readonly projects: readonly string[];
}

/** Training without code by the cloud's own service. */
export interface IAutoMl extends Construct {
  /** What a step names when it trains. */
  readonly reference: string;
}

/** Which pretrained models may be used. */
export interface PretrainedModelsProps {
  /** Names as the cloud's own catalogue has them; they do not move to another cloud. */
  readonly allowed: readonly string[];
}

/** The cloud's catalogue of pretrained models, limited to those that are allowed. */
export interface IPretrainedModels extends Construct {
  /** Where a person looks through it. */
  readonly uri: string;
}
