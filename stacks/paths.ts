/** Places that synthesized files and those who run Terraform have to agree on. Does not load the engine. */
import { resolve } from "node:path";

/** Folder of package.json: where the code lies, whatever workspace it is used for. */
export const CODE_ROOT = resolve(__dirname, "..");

/** Where synth writes when nothing else is asked for, below the workspace: the folder of the CDKTF command line too. */
export const OUTDIR = "cdktf.out";

/**
 * The way from `<workspace>/cdktf.out/stacks/<stack>`, where Terraform runs, to the workspace. It stands in the stacks
 * whatever folder they are written to: what is written elsewhere is for reading and comparing.
 */
export const TO_WORKSPACE = "../../..";

/**
 * What Terraform's environment needs besides the caller's own variables: where the code lies. Without it the workspace
 * is taken for the code, which is right for the CDKTF command line.
 */
export const TERRAFORM_ENVIRONMENT: Readonly<Record<string, string>> = { MLOPS_CODE_ROOT: CODE_ROOT };
