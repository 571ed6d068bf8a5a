/** The node pool that every cluster has, for what runs the cluster itself: add-ons, metrics, gateways. Does not load the engine. */
import type { SizeClass } from "../contracts/sizes";

/** Its name, which no pool of the config may have, and its size. */
export const SYSTEM_POOL = { name: "system", class: "cpu-medium", max: 3 } as const satisfies {
  readonly name: string;
  readonly class: SizeClass;
  /** Most nodes. */
  readonly max: number;
};
