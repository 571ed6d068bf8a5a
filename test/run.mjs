#!/usr/bin/env node
/**
 * `npm test`: lint, types, jest, pytest and the local estate, one after another. The output of each is passed on; the last
 * line sums them up. A suite that ran nothing has failed: silence is not success.
 *
 *   node test/run.mjs [lint | types | unit | python | estate]...
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(path.join(tmpdir(), "mlops-test-"));
const bin = (name) => path.join(root, "node_modules", ".bin", name);

/** One check that is either right or wrong. */
const check = (command, args) => async () => {
  const code = await run(command, args, root);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
};

const jest =
  (project, ...more) =>
  async () => {
    const file = path.join(scratch, `${project}.json`);
    const code = await run(bin("jest"), ["--selectProjects", project, "--json", `--outputFile=${file}`, ...more], root);
    return atLeastOne(code, () => {
      const result = JSON.parse(readFileSync(file, "utf8"));
      return {
        passed: result.numPassedTests,
        // A file that cannot even be loaded has no test that fails.
        failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
        skipped: result.numPendingTests + result.numTodoTests,
      };
    });
  };

const pytest = async () => {
  const file = path.join(scratch, "pytest.xml");
  const python = path.join(root, ".mlops", "python", "bin", "python");
  const code = await run(python, ["-m", "pytest", `--junitxml=${file}`], path.join(root, "pipelines"));
  return atLeastOne(code, () => {
    const head = /<testsuite\b[^>]*>/.exec(readFileSync(file, "utf8"))?.[0] ?? "";
    const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
    const [failed, skipped] = [count("failures") + count("errors"), count("skipped")];
    return { passed: count("tests") - failed - skipped, failed, skipped };
  });
};

const SUITES = {
  lint: check(bin("biome"), ["check", "."]),
  types: check(bin("tsc"), ["--noEmit"]),
  unit: jest("unit"),
  python: pytest,
  estate: jest("estate", "--runInBand"),
};

/** Counts of a suite; one failure more where it says nothing, ran nothing, or ended badly without a failed test. */
function atLeastOne(code, read) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = read();
  } catch {
    // It ended before it could write its result.
  }
  const nothing = counts.passed + counts.failed === 0;
  if (nothing || (code !== 0 && counts.failed === 0)) counts.failed += 1;
  return counts;
}

function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
}

async function main(names) {
  const unknown = names.filter((name) => !(name in SUITES));
  if (unknown.length > 0) {
    process.stderr.write(`error: no such suite: ${unknown.join(", ")}. Suites: ${Object.keys(SUITES).join(", ")}\n`);
    return 1;
  }
  const lines = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of names.length > 0 ? names : Object.keys(SUITES)) {
    process.stdout.write(`\n== ${name}\n`);
    const started = Date.now();
    const counts = await SUITES[name]();
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    lines.push(`${name.padEnd(7)} ${sum(counts)} (${seconds} s)`);
  }
  process.stdout.write(`\n${lines.join("\n")}\n${sum(total)}\n`);
  return total.failed > 0 ? 1 : 0;
}

const sum = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

// Ctrl-C reaches the suite that runs, too: it is in the same process group.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
process.exitCode = await main(process.argv.slice(2));
