#!/usr/bin/env node
/**
 * A second opinion on what is sent to Azure ML: azure-ai-ml, Microsoft's own library, loads the documents in `azureml/` and says what
 * it would send for them; the estate's bodies of the same things have to say that too. Nothing leaves this machine. Where the
 * library cannot be installed this says so, and every document counts as skipped.
 *
 *   node test/providers/azureml.mjs
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installTool, OFFLINE, run } from "./tool-environment.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const documents = path.join(here, "azureml");
/** Part of another document. */
const PARTS = new Set(["schedule-job.yml"]);

/** What the library says of the bodies. @returns {Promise<{passed: number, failed: number, skipped: number}>} documents by what became of them */
export async function azureml() {
  const names = readdirSync(documents).filter((name) => name.endsWith(".yml") && !PARTS.has(name));
  const { home, refusal } = await installTool("azureml");
  if (refusal !== null) {
    process.stderr.write(
      `\nSKIPPED: azure-ai-ml cannot be installed here, so nobody has looked at what Azure ML is sent.\n${refusal}\n`,
    );
    return { passed: 0, failed: 0, skipped: names.length };
  }
  const scratch = mkdtempSync(path.join(tmpdir(), "mlops-azureml-"));
  try {
    const bodies = path.join(scratch, "bodies.json");
    const made = await run(process.execPath, ["--import", "jiti/register", path.join(here, "azureml-bodies.ts")]);
    if (made.code !== 0) throw new Error(`the bodies cannot be made: ${made.err.trim()}`);
    writeFileSync(bodies, made.out);
    const python = path.join(home, "bin", "python");
    const { out, err } = await run(python, [path.join(here, "azureml.py"), documents, bodies], OFFLINE);
    process.stdout.write(out);
    const passed = out.split("\n").filter((line) => line.startsWith("ok ")).length;
    if (passed + out.split("\n").filter((line) => line.startsWith("FAILED ")).length < names.length) {
      throw new Error(`azure-ai-ml gave up: ${err.trim().slice(-2000)}`);
    }
    return { passed, failed: names.length - passed, skipped: 0 };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { passed, failed, skipped } = await azureml();
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
