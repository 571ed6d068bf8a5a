/**
 * Addresses of the shipped environments' resources and outputs. Terraform knows a thing by its address: a changed one
 * is destroyed and made anew. So a change has to be meant: with a moveTo in the code, or recorded here by
 * `UPDATE_ADDRESSES=1 npx jest test/stacks/addresses`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "../../environments/load";
import type { Environment } from "../../environments/schema";
import { IMAGES } from "../../lib/core/images";
import { addressChanges, addressesOf } from "../../lib/core/protected";
import { isBuildable } from "../../stacks/platform";
import { synthesize } from "../../stacks/synth";
import { temporaryFolder } from "../support/folders";
import { SHIPPED, shippedOn } from "../support/shipped";

jest.setTimeout(60_000);

const FILE = join(__dirname, "addresses.json");

/** Addresses by stack; with the cloud's word before it where it is not the one of the shipped file. */
async function addresses(environments: readonly Environment[], prefix = ""): Promise<Record<string, string[]>> {
  const outdir = temporaryFolder();
  // As if every image were built: what runs one is left out until then.
  const digest = `sha256:${"0".repeat(64)}`;
  const images = Object.fromEntries(Object.keys(IMAGES).map((name) => [name, digest]));
  const built = environments.map((environment) => ({ ...environment, images }));
  const { stacks } = await synthesize(built, { outdir, assume: true });
  return Object.fromEntries(
    Object.values(stacks).map(({ name, synthesizedStackPath }) => [
      `${prefix}${name}`,
      addressesOf(JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8"))),
    ]),
  );
}

test("no address has changed by accident, on any cloud", async () => {
  const now = {
    ...(await addresses(loadAll({ directory: SHIPPED }).filter(isBuildable))),
    ...(await addresses(shippedOn("azure"), "azure/")),
  };
  if (process.env.UPDATE_ADDRESSES) writeFileSync(FILE, `${JSON.stringify(now, Object.keys(now).sort(), 2)}\n`);
  const golden = JSON.parse(readFileSync(FILE, "utf8")) as Record<string, string[]>;
  const names = [...new Set([...Object.keys(golden), ...Object.keys(now)])].sort();
  expect(names.flatMap((name) => addressChanges(name, golden[name] ?? [], now[name] ?? []))).toEqual([]);
});
