import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { readJson, writeJson } from "./common.mjs";

/** Oldest Node that works: what the engine and the HTTP client of the gateway ask for; the engines field says the same. */
const NODE = [20, 19];
/** Write-only and ephemeral values came with 1.11. */
const TERRAFORM = [1, 11];
/** The order they are tried in: the version the lock was first made with comes first. */
const PYTHONS = ["python3.11", "python3.12", "python3.13", "python3", "python"];
const PYTHON_MINORS = [11, 12, 13];

const atLeast = (version, wanted) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
};

/** @returns {string[]} problems */
export function checkNode(version) {
  if (atLeast(version, NODE)) return [];
  return [
    `Node ${version} is too old, ${NODE.join(".")} or newer is needed. Install it from https://nodejs.org and run again`,
  ];
}

/** Full paths of a command, in the order of PATH. */
export function which(command, environment) {
  const found = [];
  for (const folder of (environment.PATH ?? "").split(path.delimiter)) {
    if (folder === "") continue;
    const file = path.join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) found.push(file);
    } catch {
      // Not there or not for us: the next folder may have it.
    }
  }
  return found;
}

/**
 * Terraform is asked for its version once for each binary: the answer is kept with the binary's size and time.
 * @returns {string[]} problems
 */
export function checkTerraform(codeRoot, environment) {
  const cure = "Install Terraform 1.11 or newer from https://developer.hashicorp.com/terraform/install and run again";
  const command = environment.TERRAFORM_BINARY_NAME || "terraform";
  const file = command.includes(path.sep) ? command : which(command, environment)[0];
  if (file === undefined) return [`${command} was not found in PATH. ${cure}`];
  let stat;
  try {
    stat = statSync(file);
  } catch (error) {
    return [`${file} cannot be read (${error.code}). ${cure}`];
  }
  const cache = path.join(codeRoot, ".mlops", "terraform.json");
  const identity = `${file} ${stat.size} ${stat.mtimeMs}`;
  const kept = readJson(cache);
  if (kept?.identity === identity) return [];
  const { stdout, error, status } = spawnSync(file, ["version", "-json"], {
    encoding: "utf8",
    env: { ...environment, CHECKPOINT_DISABLE: "1" },
    timeout: 30_000,
  });
  let version;
  try {
    version = JSON.parse(stdout).terraform_version;
  } catch {
    return [`${file} does not start (${error?.code ?? `exit code ${status}`}). ${cure}`];
  }
  if (!atLeast(version, TERRAFORM)) return [`${file} is Terraform ${version}, 1.11 or newer is needed. ${cure}`];
  writeJson(cache, { identity, version });
  return [];
}

/**
 * The first Python that has the right version, really starts (a version manager's shim may not) and can make
 * environments.
 * @returns {{command: string | null, problems: string[]}}
 */
export function findPython(environment) {
  const refused = [];
  for (const command of PYTHONS.flatMap((name) => which(name, environment))) {
    const probe = spawnSync(
      command,
      ["-c", "import sys; print('%d.%d' % sys.version_info[:2]); import venv, ensurepip, ssl, sqlite3"],
      { encoding: "utf8", env: environment, timeout: 30_000 },
    );
    const version = /^(\d+)\.(\d+)$/m.exec(probe.stdout ?? "");
    if (version === null) {
      refused.push(`${command} does not start`);
    } else if (Number(version[1]) !== 3 || !PYTHON_MINORS.includes(Number(version[2]))) {
      refused.push(`${command} is ${version[0]}`);
    } else if (probe.status !== 0) {
      const lacking = /No module named '([\w.]+)'/.exec(probe.stderr)?.[1] ?? "venv";
      refused.push(
        `${command} lacks the module ${lacking} (on Debian and Ubuntu: apt install python${version[0]}-venv)`,
      );
    } else {
      return { command, problems: [] };
    }
  }
  const seen = refused.length === 0 ? "none was found in PATH" : [...new Set(refused)].join(", ");
  return {
    command: null,
    problems: [
      `Python 3.11, 3.12 or 3.13 is needed: ${seen}. Install one (https://www.python.org/downloads, or your system's python3.12 and python3.12-venv) and run again`,
    ],
  };
}
