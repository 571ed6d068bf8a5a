/**
 * Entry of cdktf.json: synthesizes every environment that this version can build, so that `npx cdktf synth`, `diff`,
 * `deploy` and `destroy` work on the same stacks as `mlops`. An entry point, so it may read the process's environment.
 */
import { resolve } from "node:path";
import { loadAll } from "../environments/load";
import { UserError } from "../lib/core/errors";
import { CODE_ROOT, OUTDIR } from "./paths";
import { BUILT, isBuildable } from "./platform";
import { synthesize } from "./synth";

async function main(): Promise<void> {
  if (process.env.SYNTH_HCL_OUTPUT === "true") {
    throw new UserError({
      message: "HCL output is not offered: the stacks are JSON",
      fix: "Run cdktf synth without --hcl",
    });
  }
  // The CDKTF command line says where to write; a relative folder is meant from where it was started.
  const outdir = resolve(CODE_ROOT, process.env.CDKTF_OUTDIR ?? OUTDIR);
  const environments = loadAll({ directory: resolve(CODE_ROOT, "environments") });
  const buildable = environments.filter(isBuildable);
  const leftOut = environments.filter((environment) => !isBuildable(environment)).map(({ name }) => name);
  if (leftOut.length > 0) {
    process.stderr.write(`left out: ${leftOut.join(", ")} (this version builds ${BUILT})\n`);
  }
  await synthesize(buildable, { outdir, complete: true });
}

main().catch((error: unknown) => {
  const known = error instanceof UserError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = known ? error.exitCode : 1;
});
