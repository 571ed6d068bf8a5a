/** Run as a process of its own: `synth-process.ts ENVIRONMENTS OUTDIR NAME` synthesizes one environment. */
import { loadEnvironment } from "../../environments/load";
import { synthesize } from "../../stacks/synth";

const [directory = "", outdir = "", name = ""] = process.argv.slice(2);
synthesize([loadEnvironment({ directory, name })], { outdir, today: "2026-01-01", assume: true }).catch(
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
