import type { Construct } from "../framework";

/** A table that the cloud's own AutoML trains on. */
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
  /** Publisher models, `publishers/google/models/gemma2`. */
  readonly allowed: readonly string[];
}

/** The cloud's catalogue of pretrained models, limited to those that are allowed. */
export interface IPretrainedModels extends Construct {
  readonly uri: string;
}
