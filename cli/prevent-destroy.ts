/** Resources that Terraform itself refuses to destroy: `lifecycle.prevent_destroy` stands in the configuration, not in the state. */
import fs from "node:fs";
import path from "node:path";
import type { StackEntry } from "../stacks/manifest";

/** Stacks as they were written. */
interface Written {
  readonly outdir: string;
  readonly stacks: readonly Pick<StackEntry, "name" | "synthesizedStackPath">[];
}

interface Resource {
  lifecycle?: { prevent_destroy?: boolean };
}

interface StackDocument {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
}

/**
 * Takes the refusal out of stacks that were written to be looked at only.
 * @returns addresses of what refused, by stack
 */
export function withoutPreventDestroy({ outdir, stacks }: Written): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    stacks.map(({ name, synthesizedStackPath }) => {
      const file = path.join(outdir, synthesizedStackPath);
      const document = JSON.parse(fs.readFileSync(file, "utf8")) as StackDocument;
      const addresses = new Set<string>();
      for (const [type, byId] of Object.entries(document.resource ?? {})) {
        for (const [id, { lifecycle }] of Object.entries(byId)) {
          if (lifecycle?.prevent_destroy !== true) continue;
          lifecycle.prevent_destroy = false;
          addresses.add(`${type}.${id}`);
        }
      }
      if (addresses.size > 0) fs.writeFileSync(file, JSON.stringify(document, null, 2));
      return [name, addresses] as const;
    }),
  );
}
