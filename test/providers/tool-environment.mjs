/** Python tools of the providers' checks, each at a pinned version in an environment of its own below `.mlops`. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "../../cli/setup/common.mjs";
import { findPython } from "../../cli/setup/prerequisites.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));

/** The clone. */
export const root = path.dirname(path.dirname(here));

/** Nobody is asked for anything: a closed port is the way out. */
const CLOSED = "http://127.0.0.1:9";
export const OFFLINE = { HTTP_PROXY: CLOSED, HTTPS_PROXY: CLOSED, ALL_PROXY: CLOSED, NO_PROXY: "" };

/**
 * Installs `NAME-requirements.txt` where that is not yet done.
 * @param {string} name of the tool: `azureml`
 * @returns {Promise<{home: string, refusal: string | null}>} its environment, and why there is none
 */
export async function installTool(name) {
  const home = path.join(root, ".mlops", name);
  const lock = path.join(here, `${name}-requirements.txt`);
  const stamp = path.join(home, "mlops-environment.json");
  const wanted = JSON.stringify({ lock: sha256(readFileSync(lock)), home });
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { home, refusal: null };
  const { command, problems } = findPython(process.env);
  if (command === null) return { home, refusal: problems.join("\n") };
  process.stderr.write(`installing ${name} into .mlops/${name} (about a minute)\n`);
  rmSync(home, { recursive: true, force: true });
  const pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-input", "--disable-pip-version-check"];
  for (const [program, args] of [
    [command, ["-m", "venv", home]],
    [path.join(home, "bin", "python"), [...pip, "-r", lock]],
  ]) {
    const { code, err } = await run(program, args);
    if (code !== 0) return { home, refusal: err.trim().split("\n").slice(-5).join("\n") };
  }
  // Last, so that an environment that was cut off is made again.
  writeFileSync(stamp, wanted);
  return { home, refusal: null };
}

/** Runs a program with the clone as its folder, away from whatever Python the caller is in. */
export function run(command, args, env = {}) {
  const { PYTHONPATH: _path, PYTHONHOME: _home, VIRTUAL_ENV: _active, ...outside } = process.env;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...outside, ...env },
    });
    const out = [];
    const err = [];
    child.stdout.on("data", (data) => out.push(data));
    child.stderr.on("data", (data) => err.push(data));
    child.once("error", ({ message }) => resolve({ code: 127, out: "", err: message }));
    child.once("close", (code) =>
      resolve({ code: code ?? 130, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}
