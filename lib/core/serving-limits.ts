/** What a way of serving cannot do on a cloud: the form of the tables, and how a wish is held to one. Does not load the engine. */
import type { ModelEndpointProps } from "../contracts/serving";
import { type Problem, UserError } from "./errors";

/** How production is to be served. */
export type Wish = Pick<ModelEndpointProps, "target" | "expose" | "auth" | "host" | "class" | "replicas">;

/** Something that one way of serving cannot do. */
export interface ServingLimit {
  readonly target: ModelEndpointProps["target"];
  /** Whether the wish is beyond it. */
  readonly beyond: (wish: Wish) => boolean;
  /** Key below `serving.production`. */
  readonly key: string;
  readonly message: string;
  readonly fix: string;
  /** What is used where the environment's own file does not ask: base.yaml speaks for every target. @default - refused */
  readonly instead?: { readonly value: unknown };
}

/** @throws UserError with everything of a wish that is beyond these limits */
export function requireWithin(limits: readonly ServingLimit[], wish: Wish): void {
  const problems = problemsBeyond(limits, wish);
  if (problems.length > 0) throw new UserError(problems);
}

/** Everything of a wish that is beyond these limits; empty when nothing is. */
export function problemsBeyond(limits: readonly ServingLimit[], wish: Wish): Problem[] {
  return limits
    .filter(({ target, beyond }) => target === wish.target && beyond(wish))
    .map(({ key, message, fix }) => ({ where: `serving.production.${key}`, message, fix }));
}
