/**
 * The Python environment as a step of `up`. Node packages are left alone: this command and what it started run from them.
 */
import path from "node:path";
import type { Environment } from "../environments/schema";
import type { Progress } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import type { Context } from "./context";
import type { StepResult } from "./progress";

/** Makes the Python environment where it is missing or old. */
export async function setUpPython(
  context: Context,
  environment: Environment,
  say: Progress,
): Promise<StepResult<null>> {
  const { execa } = await import("execa");
  const script = path.join(context.codeRoot, "cli", "setup.mjs");
  const args = [script, "--quiet", "--python", ...(environment.notebooks.enabled ? ["--notebooks"] : [])];
  const child = execa(process.execPath, args, {
    env: context.variables,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  const errors: string[] = [];
  let words = 0;
  for await (const line of child.iterable({ from: "stderr" })) {
    const error = /^error: (.*)$/.exec(line)?.[1];
    if (error !== undefined) errors.push(error);
    else {
      words += 1;
      say(line.replace(/^set-up: /, ""));
    }
  }
  const { failed, exitCode } = await child;
  if (failed) {
    const messages = errors.length > 0 ? errors : [`ended with exit code ${exitCode ?? "unknown"}`];
    throw new UserError(messages.map((message) => ({ where: "set-up", message })));
  }
  return { value: null, detail: words === 0 ? "everything is in place" : "installed" };
}
