/** Lengths of time. Does not load the engine. */

/** Seconds of a day: clouds take long times in seconds. */
export const SECONDS_PER_DAY = 86_400;
