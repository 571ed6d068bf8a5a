import fs from "node:fs";
import path from "node:path";
import { type Ended, ROOT, start, temporary } from "./support";

jest.setTimeout(60_000);

interface Suites {
  readonly biome?: number;
  readonly tsc?: number;
  /** What jest writes; nothing when undefined. */
  readonly jest?: object;
  readonly jestCode?: number;
  /** Attributes of pytest's summary. */
  readonly pytest?: string;
  readonly pytestCode?: number;
}

const GOOD = {
  numPassedTests: 3,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 1,
  numTodoTests: 0,
};
const GOOD_PYTEST = 'errors="0" failures="0" skipped="2" tests="7"';

/** Runs the real `test/run.mjs` with stand-ins for the tools it calls. */
function runSuites(
  names: readonly string[],
  { biome = 0, tsc = 0, jest = GOOD, jestCode = 0, pytest = GOOD_PYTEST, pytestCode = 0 }: Suites = {},
): Promise<Ended> {
  const root = temporary();
  const put = (file: string, script: string) => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  fs.mkdirSync(path.join(root, "pipelines"));
  fs.mkdirSync(path.join(root, "test"));
  fs.cpSync(path.join(ROOT, "test", "run.mjs"), path.join(root, "test", "run.mjs"));
  put("node_modules/.bin/biome", `exit ${biome}`);
  put("node_modules/.bin/tsc", `exit ${tsc}`);
  const result = `for word; do case $word in --outputFile=*) echo '${JSON.stringify(jest)}' > "\${word#*=}" ;; esac; done`;
  put("node_modules/.bin/jest", `${result}\nexit ${jestCode}`);
  const xml = `for word; do case $word in --junitxml=*) echo '<testsuites><testsuite name="pytest" ${pytest}>' > "\${word#*=}" ;; esac; done`;
  put(".mlops/python/bin/python", `${xml}\nexit ${pytestCode}`);
  return start([path.join(root, "test", "run.mjs"), ...names], { cwd: root }).ended;
}

const last = ({ stdout }: Ended) => stdout.trim().split("\n").at(-1);

test("`npm test` sums every suite in its last line; lint and types count one each", async () => {
  const ended = await runSuites([]);
  expect(ended.code).toBe(0);
  // 1 lint + 1 types + 3 unit + 5 pytest + 3 estate; 1 + 2 + 1 skipped.
  expect(last(ended)).toBe("13 passed, 0 failed, 4 skipped");
});

test.each<[string, string, Suites, string]>([
  ["lint fails", "lint", { biome: 1 }, "0 passed, 1 failed, 0 skipped"],
  ["types fail", "types", { tsc: 2 }, "0 passed, 1 failed, 0 skipped"],
  ["a test fails", "unit", { jest: { ...GOOD, numFailedTests: 2 }, jestCode: 1 }, "3 passed, 2 failed, 1 skipped"],
  [
    "a file cannot be loaded",
    "unit",
    { jest: { ...GOOD, numRuntimeErrorTestSuites: 1 }, jestCode: 1 },
    "3 passed, 1 failed, 1 skipped",
  ],
  ["nothing ran", "unit", { jest: { ...GOOD, numPassedTests: 0 } }, "0 passed, 1 failed, 1 skipped"],
  ["jest dies after good tests", "estate", { jestCode: 134 }, "3 passed, 1 failed, 1 skipped"],
  [
    "pytest has errors",
    "python",
    { pytest: 'errors="1" failures="2" skipped="0" tests="9"', pytestCode: 1 },
    "6 passed, 3 failed, 0 skipped",
  ],
  [
    "pytest collects nothing",
    "python",
    { pytest: 'errors="0" failures="0" skipped="0" tests="0"', pytestCode: 5 },
    "0 passed, 1 failed, 0 skipped",
  ],
])("it fails when %s", async (_what, suite, suites, line) => {
  const ended = await runSuites([suite], suites);
  expect(ended.code).toBe(1);
  expect(last(ended)).toBe(line);
});

test("an unknown suite is named with those there are", async () => {
  const { code, stderr } = await runSuites(["units"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/no such suite: units\. Suites: lint, types, unit, python, estate/);
});

test("CI runs `npm test` and adds no line after its sum", () => {
  const script = fs.readFileSync(path.join(ROOT, ".ci", "run"), "utf8");
  expect(script).toMatch(/^#!\/usr\/bin\/env bash\n/);
  expect(script).toMatch(/^set -euo pipefail$/m);
  expect(script.trim().split("\n").at(-1)).toBe("exec npm --silent test");
  expect(fs.statSync(path.join(ROOT, ".ci", "run")).mode & 0o111).not.toBe(0);
});
