/** Run as a process of its own: `synth-process.ts ENVIRONMENTS OUTDIR` synthesizes the local environment. */
import { loadEnvironment } from "../../environments/load";
import { synthesize } from "../../stacks/synth";

const [directory = "", outdir = ""] = process.argv.slice(2);
synthesize([loadEnvironment({ directory, name: "local" })], { outdir, today: "2026-01-01" }).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
