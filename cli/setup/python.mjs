import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { guarded, install, needSpace, readJson, SetupError, sha256, words, writeJson } from "./common.mjs";
import { findPython } from "./prerequisites.mjs";

/*
 * `.mlops/python` is a link to `.mlops/python-<key>`. An environment is built under its own name and becomes the current
 * one by one rename, so nobody ever sees half of it and what still runs from the former one goes on. Its stamp is written
 * last: a folder without one was interrupted and is built again.
 */
const home = (codeRoot) => path.join(codeRoot, ".mlops");
const current = (codeRoot) => path.join(home(codeRoot), "python");
const STAMP = "mlops-environment.json";

function digestOf(codeRoot, name) {
  const file = path.join(codeRoot, "pipelines", name);
  try {
    return sha256(readFileSync(file));
  } catch (error) {
    throw new SetupError([
      `${path.relative(codeRoot, file)} cannot be read (${error.code}). Get it back with git checkout`,
    ]);
  }
}

/** Scripts in an environment hold its absolute path, so a clone that was moved needs a new one. */
const keyOf = (codeRoot) => sha256(`${digestOf(codeRoot, "requirements.txt")} ${home(codeRoot)}`).slice(0, 12);

/** Whether the environment is there, whole, and of the present lock files. */
export function pythonReady(codeRoot, { notebooks }) {
  const link = current(codeRoot);
  let target;
  try {
    target = readlinkSync(link);
  } catch {
    return false;
  }
  if (target !== `python-${keyOf(codeRoot)}` || !existsSync(path.join(link, "bin", "python"))) return false;
  const stamp = readJson(path.join(link, STAMP));
  if (stamp === null) return false;
  return notebooks || stamp.notebooks ? stamp.notebooks === digestOf(codeRoot, "requirements-notebooks.txt") : true;
}

/** Makes the environment from the lock files, every file checked by its hash. */
export async function installPythonPackages(codeRoot, { notebooks, python, environment }) {
  const name = `python-${keyOf(codeRoot)}`;
  const folder = path.join(home(codeRoot), name);
  const stampFile = path.join(folder, STAMP);
  const stamp = readJson(stampFile);
  const whole = stamp !== null && existsSync(path.join(folder, "bin", "python"));
  const started = Date.now();
  if (!whole) {
    const base = python ?? findPython(environment).command;
    if (base === null) throw new SetupError(findPython(environment).problems);
    await build(codeRoot, folder, base, environment);
    writeJson(stampFile, { base, notebooks: null });
  }
  point(codeRoot, name);
  if (notebooks || stamp?.notebooks) {
    words("installing Jupyter (about half a minute)");
    await pip("Jupyter", codeRoot, folder, "requirements-notebooks.txt", environment);
    writeJson(stampFile, { ...readJson(stampFile), notebooks: digestOf(codeRoot, "requirements-notebooks.txt") });
  }
  words(`Python environment ready (${Math.round((Date.now() - started) / 1000)} s)`);
}

async function build(codeRoot, folder, base, environment) {
  guarded(folder, () => {
    mkdirSync(home(codeRoot), { recursive: true });
    clean(codeRoot);
    rmSync(folder, { recursive: true, force: true });
  });
  needSpace(home(codeRoot), 1.6 * 2 ** 30, "the Python packages");
  words(`making a Python environment with ${base} from pipelines/requirements.txt (about two minutes)`);
  await install("a Python environment", base, ["-m", "venv", folder], { env: clear(environment) });
  await pip("Python packages", codeRoot, folder, "requirements.txt", environment);
}

function pip(what, codeRoot, folder, requirements, environment) {
  const file = path.join(codeRoot, "pipelines", requirements);
  const args = [
    "-m",
    "pip",
    "install",
    "--require-hashes",
    "--no-input",
    "--disable-pip-version-check",
    "--progress-bar=off",
  ];
  return install(what, path.join(folder, "bin", "python"), [...args, "-r", file], { env: clear(environment) });
}

/** An environment that is active in the caller's shell must not leak into ours. */
function clear({ PYTHONPATH: _path, PYTHONHOME: _home, VIRTUAL_ENV: _active, ...rest }) {
  return rest;
}

function point(codeRoot, name) {
  const link = current(codeRoot);
  guarded(link, () => {
    if (lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) rmSync(link, { recursive: true });
    const temporary = `${link}.${process.pid}`;
    rmSync(temporary, { force: true });
    symlinkSync(name, temporary);
    renameSync(temporary, link);
  });
}

/** Removes environments of former lock files, but not the current one: processes may still run from it. */
function clean(codeRoot) {
  let kept = null;
  try {
    kept = readlinkSync(current(codeRoot));
  } catch {
    // There is none yet.
  }
  for (const name of readdirSync(home(codeRoot))) {
    if (/^python-[0-9a-f]{12}$/.test(name) && name !== kept)
      rmSync(path.join(home(codeRoot), name), { recursive: true });
  }
}
