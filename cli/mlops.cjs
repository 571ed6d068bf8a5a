#!/usr/bin/env node
// Starts the TypeScript command line without a build step: jiti compiles each file once and keeps the result.
const { createJiti } = require("jiti");
createJiti(__filename)("./main.ts").main(process.argv.slice(2));
