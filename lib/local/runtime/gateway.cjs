#!/usr/bin/env node
// Starts the gateway without a build step: jiti compiles each file once and keeps the result.
const { createJiti } = require("jiti");
const { main } = createJiti(__filename)("./gateway.ts");
main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
