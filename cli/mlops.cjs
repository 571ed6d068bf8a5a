#!/usr/bin/env node
// Starts the TypeScript command line without a build step: jiti compiles each file once and keeps the result.
try {
  const { createJiti } = require("jiti");
  createJiti(__filename)("./main.ts").main(process.argv.slice(2));
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  // Before `npm ci`, or while it runs: there is nothing yet that could print errors.
  const problem = { message: "the node packages are not installed", fix: "Run node cli/setup.mjs, then again" };
  process.stderr.write(`error: ${problem.message}. ${problem.fix}\n`);
  const document = { error: { problems: [problem], exitCode: 1 } };
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  process.exitCode = 1;
}
