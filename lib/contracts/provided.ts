/**
 * What a platform lacks it says, with the reason, instead of failing: the environment's outputs keep the key, with null
 * and this reason. Nothing is ever "not implemented" at deploy time.
 */
export interface Lacking {
  /** Why there is none here, as a sentence for a reader of the outputs. */
  readonly lacking: string;
}

/** A part of the estate, or the reason why this platform has none. */
export type Provided<T> = T | Lacking;

/** Whether a part is missing on this platform. */
export function isLacking<T extends object>(part: Provided<T>): part is Lacking {
  return "lacking" in part;
}
