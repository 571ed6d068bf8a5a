#!/usr/bin/env node
/**
 * First-run set-up: makes a clone able to run on a machine that has only Node, Python and Terraform. It has no
 * dependency, because it is what installs them. When everything is in place it reads a few files and ends at once,
 * without a network; an installation that was interrupted is repaired by the next run.
 *
 *   node cli/setup.mjs [--notebooks] [--python] [--quiet]
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError, words } from "./setup/common.mjs";
import { withSetupLock } from "./setup/lock.mjs";
import { installNodePackages, nodePackagesReady } from "./setup/node-packages.mjs";
import { checkNode, checkTerraform, findPython } from "./setup/prerequisites.mjs";
import { installPythonPackages, pythonReady } from "./setup/python.mjs";

const HELP = `Usage: node cli/setup.mjs [--notebooks] [--python] [--quiet]

Checks Node, Python and Terraform, installs the node packages of package-lock.json and the Python
environment of pipelines/requirements.txt where they are missing or out of date.

  --notebooks  install Jupyter too (pipelines/requirements-notebooks.txt)
  --python     leave node packages alone, and say so when they are out of date
  --quiet      say nothing when nothing is to be done
`;

/**
 * Checks and installs.
 * @param options.pythonOnly leave node packages alone: somebody runs from them. @default false
 * @returns what was installed; empty when everything was in place
 */
export async function setUp({ codeRoot, notebooks = false, pythonOnly = false, environment = process.env }) {
  const problems = [...checkNode(process.versions.node), ...checkTerraform(codeRoot, environment)];
  const needsPython = !pythonReady(codeRoot, { notebooks });
  let python = null;
  if (needsPython) {
    const found = findPython(environment);
    problems.push(...found.problems);
    python = found.command;
  }
  if (problems.length > 0) throw new SetupError(problems);
  const needsNode = !nodePackagesReady(codeRoot);
  if (needsNode && pythonOnly) words("the node packages are not those of package-lock.json: run node cli/setup.mjs");
  if (!needsPython && (pythonOnly || !needsNode)) return [];

  return withSetupLock(codeRoot, async () => {
    // Looked at again: the set-up that was waited for has done it.
    const done = [];
    if (!pythonOnly && !nodePackagesReady(codeRoot)) {
      await installNodePackages(codeRoot, environment);
      done.push("node packages");
    }
    if (!pythonReady(codeRoot, { notebooks })) {
      await installPythonPackages(codeRoot, { notebooks, python, environment });
      done.push("Python environment");
    }
    return done;
  });
}

async function main(argv) {
  if (argv.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = argv.filter((word) => !["--notebooks", "--python", "--quiet"].includes(word));
  if (unknown.length > 0) throw new SetupError([`unknown option ${unknown[0]}. See node cli/setup.mjs --help`]);
  const started = Date.now();
  const codeRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const done = await setUp({
    codeRoot,
    notebooks: argv.includes("--notebooks"),
    pythonOnly: argv.includes("--python"),
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(done.length > 0 ? 0 : 2);
  if (done.length > 0) words(`installed ${done.join(" and ")} (${seconds} s)`);
  else if (!argv.includes("--quiet")) words(`everything is in place (${seconds} s)`);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const lines = error instanceof SetupError ? error.problems : [`unexpected: ${error?.stack ?? error}`];
    for (const line of lines) process.stderr.write(`error: ${line}\n`);
    process.exitCode = 1;
  },
);
