/** Branches and tags as Git, and Azure Pipelines, name them. Does not load the engine. */
import type { DeliveryRule } from "../../contracts/delivery";

/** `refs/heads/main`, `refs/tags/v*`. A star at the end stands for any ending, in Azure's filters as in a rule. */
export function refOf({ branch, tag = "" }: Pick<DeliveryRule, "branch" | "tag">): string {
  return branch === undefined ? `refs/tags/${tag}` : `refs/heads/${branch}`;
}
