/** The CDKTF command line works on the same app and sees the same stacks. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "../../environments/load";
import { isBuildable } from "../../stacks/platform";
import { synthesize } from "../../stacks/synth";
import { temporaryFolder } from "../support/folders";

const ROOT = join(__dirname, "../..");

/** Runs it as a person would, without its greetings to the outside world. */
function cdktf(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const quiet = { CHECKPOINT_DISABLE: "1", DISABLE_VERSION_CHECK: "1", CI: "1", FORCE_COLOR: "0" };
  const { PATH, HOME } = process.env;
  return execFileSync(join(ROOT, "node_modules/.bin/cdktf"), args, {
    cwd: ROOT,
    env: { PATH, HOME, ...quiet, ...env },
    encoding: "utf8",
    stdio: "pipe",
  });
}

test("cdktf synth writes the stacks that mlops writes", async () => {
  const [theirs, ours] = [temporaryFolder(), temporaryFolder()];
  cdktf(["synth", "--output", theirs]);
  const environments = loadAll({ directory: join(ROOT, "environments") }).filter(isBuildable);
  const { stacks } = await synthesize(environments, { outdir: ours, complete: true });
  expect(Object.keys(stacks).length).toBeGreaterThan(0);
  const files = ["manifest.json", ...Object.values(stacks).map(({ synthesizedStackPath }) => synthesizedStackPath)];
  for (const file of files)
    expect(readFileSync(join(theirs, file), "utf8")).toBe(readFileSync(join(ours, file), "utf8"));
}, 120_000);

test("cdktf synth --hcl is refused in plain words instead of giving half of it", () => {
  const outdir = temporaryFolder();
  expect(() => cdktf(["synth", "--hcl", "--output", outdir])).toThrow(/HCL output is not offered: the stacks are JSON/);
  expect(existsSync(join(outdir, "manifest.json"))).toBe(false);
}, 120_000);
