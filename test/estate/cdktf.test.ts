/**
 * The CDKTF command line deploys the estate that `mlops` operates: the same stacks, states and processes. In a clone of
 * its own, because `cdktf` works on the folder that holds cdktf.json. Each test goes on from the one before.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, LocalEstate } from "../support/local-estate";

const estate = new LocalEstate(28050, { clone: true });
const LAYERS = ["foundation", "data", "ml", "delivery", "serving"];

jest.setTimeout(120_000);
afterAll(() => estate.remove());

/** What a command said; fails the test with all of it when the command failed. */
function said({ code, stdout, stderr }: CommandResult): string {
  const text = `${stdout}${stderr}`;
  if (code !== 0) throw new Error(`ended with ${code}\n${text}`);
  return text;
}

const times = (text: string, wanted: RegExp) => [...text.matchAll(new RegExp(wanted, "g"))].length;

test("`cdktf list` and `cdktf diff` show what would be made, and make nothing", async () => {
  const list = said(await estate.cdktf("list"));
  for (const layer of LAYERS) expect(list).toContain(`cdktf.out/stacks/local-${layer}`);
  expect(said(await estate.cdktf("diff", "local-foundation"))).toMatch(/1 to add, 0 to change, 0 to destroy/);
  // Terraform makes the folder of its states for the lock of a plan.
  expect(existsSync(estate.directory) ? readdirSync(estate.directory) : []).toEqual(["state"]);
  expect(await estate.openPorts()).toEqual([]);
});

test("`cdktf deploy 'local-*'` brings every part up", async () => {
  const text = said(await estate.cdktf("deploy", "local-*", "--auto-approve"));
  expect(times(text, /1 added, 0 changed, 0 destroyed/)).toBe(LAYERS.length);
  expect(text).toContain(estate.url("gateway"));
  const parts = await estate.status();
  expect(parts.map(({ part }) => part)).toEqual(expect.arrayContaining(["database", "tracking", "qa", "gateway"]));
  // Before a release a scoring process is up and serves nothing.
  const down = parts.filter(({ state }) => state !== "running");
  expect(down).toEqual([]);
});

test("`mlops` finds nothing to change in what cdktf has deployed", async () => {
  expect((await estate.mlops("plan", "local", "--detailed-exitcode")).code).toBe(0);
  const { changed, parts } = await estate.json<{ changed: boolean; parts: { part: string; change: string }[] }>([
    ...["deploy", "local"],
  ]);
  expect(changed).toBe(false);
  expect(parts.filter(({ change }) => change !== "unchanged")).toEqual([]);
});

test("a second `cdktf deploy` changes nothing", async () => {
  const text = said(await estate.cdktf("deploy", "local-*", "--auto-approve"));
  expect(times(text, /No changes\./)).toBe(LAYERS.length);
  expect(text).not.toMatch(/[1-9]\d* (?:added|changed|destroyed)/);
});

test("`cdktf destroy 'local-*'` stops every process and keeps the data", async () => {
  const text = said(await estate.cdktf("destroy", "local-*", "--auto-approve"));
  expect(times(text, /Resources: 1 destroyed/)).toBe(LAYERS.length);
  expect(await estate.openPorts()).toEqual([]);
  expect(existsSync(join(estate.directory, "database"))).toBe(true);
  const { parts } = await estate.json<{ parts: { state: string }[] }>(["status", "local"]);
  expect(parts.filter(({ state }) => state === "running")).toEqual([]);
});

test("`mlops destroy --purge` after it deletes the data", async () => {
  said(await estate.mlops("destroy", "local", "--purge", "--yes"));
  expect(existsSync(estate.directory) ? readdirSync(estate.directory) : []).toEqual([]);
});
