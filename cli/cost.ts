/** What an environment's stacks cost in a month, for the commands that say so. */
import fs from "node:fs";
import path from "node:path";
import type { Environment } from "../environments/schema";
import { IMAGE_NAMES } from "../lib/core/images";
import type { Changes } from "../operations/cost/assumptions";
import type { Column, Estimate } from "../operations/cost/estimate";
import type { StackDocument } from "../operations/cost/resources";
import type { Synthesized } from "./estate";

/** Stands in for images that are not built yet: what is looked at is the whole estate, which will have them. */
const ANY_DIGEST = `sha256:${"0".repeat(64)}`;

/** The environment as if all of its images were built. */
export function withAllImages(environment: Environment): Environment {
  const any = Object.fromEntries(IMAGE_NAMES.map((name) => [name, ANY_DIGEST]));
  return { ...environment, images: { ...any, ...environment.images } };
}

/** The content of the stacks' files. */
export function documentsOf({ outdir, stacks }: Synthesized): readonly StackDocument[] {
  return stacks.map(({ name, layer, synthesizedStackPath }) => {
    const document: unknown = JSON.parse(fs.readFileSync(path.join(outdir, synthesizedStackPath), "utf8"));
    return { name, layer, document };
  });
}

/** The estimate; null on this machine, which costs nothing. */
export async function estimateOf(
  environment: Environment,
  made: Synthesized,
  { changes = {}, by = "idle" }: { readonly changes?: Changes; readonly by?: Column } = {},
): Promise<Estimate | null> {
  const { name, cloud, clouds, budget } = environment;
  if (cloud === "local" || cloud === "kubernetes") return null;
  const { estimate } = await import("../operations/cost/estimate");
  const region = cloud === "gcp" ? clouds.gcp.region : clouds.azure.region;
  return estimate({ environment: name, cloud, region, stacks: documentsOf(made), changes, budget }, by);
}
