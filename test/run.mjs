#!/usr/bin/env node
/**
 * `npm test`: lint, types, jest, pytest and the local estate. The output of each is passed on; the last line sums them up. A
 * suite that ran nothing has failed: silence is not success.
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
const check = (command, args) => async (heading) => {
  const code = await run(command, args, root, heading);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
};

const jest =
  (project, ...more) =>
  async (heading) => {
    const file = path.join(scratch, `${project}.json`);
    const args = ["--selectProjects", project, "--json", `--outputFile=${file}`, ...more];
    const code = await run(bin("jest"), args, root, heading);
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

const pytest = async (heading) => {
  const file = path.join(scratch, "pytest.xml");
  const python = path.join(root, ".mlops", "python", "bin", "python");
  const code = await run(python, ["-m", "pytest", `--junitxml=${file}`], path.join(root, "pipelines"), heading);
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

/** Suites of a stage run side by side. The estate runs alone: it looks at how quickly parts come back. */
const STAGES = [["lint", "types"], ["unit", "python"], ["estate"]];

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

/** Runs a command. Its output is passed on as it comes or, with a heading, below that in one piece at its end. */
function run(command, args, cwd, heading) {
  return new Promise((resolve) => {
    const said = heading ? [Buffer.from(heading)] : [];
    const end = (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code);
    };
    const child = spawn(command, args, {
      cwd,
      stdio: ["ignore", ...(heading ? ["pipe", "pipe"] : ["inherit", "inherit"])],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => said.push(data));
    child.once("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      end(1);
    });
    child.once("close", (code) => end(code ?? 1));
  });
}

async function main(names) {
  const unknown = names.filter((name) => !(name in SUITES));
  if (unknown.length > 0) {
    process.stderr.write(`error: no such suite: ${unknown.join(", ")}. Suites: ${Object.keys(SUITES).join(", ")}\n`);
    return 1;
  }
  const wanted = names.length > 0 ? names : Object.keys(SUITES);
  const lines = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  const suite = async (name, quiet) => {
    const heading = `\n== ${name}\n`;
    if (!quiet) process.stdout.write(heading);
    const started = Date.now();
    const counts = await SUITES[name](quiet && heading);
    for (const key of Object.keys(total)) total[key] += counts[key];
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    lines.push(`${name.padEnd(7)} ${sum(counts)} (${seconds} s)`);
  };
  for (const together of STAGES) {
    const stage = together.filter((name) => wanted.includes(name));
    await Promise.all(stage.map((name, index) => suite(name, index > 0)));
  }
  process.stdout.write(`\n${lines.join("\n")}\n${sum(total)}\n`);
  return total.failed > 0 ? 1 : 0;
}

const sum = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

// Ctrl-C reaches the suite that runs, too: it is in the same process group.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
process.exitCode = await main(process.argv.slice(2));
