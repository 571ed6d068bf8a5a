// Run by Terraform's local-exec: `provision.cjs apply|destroy`. Starts the TypeScript without a build step.
const { createJiti } = require("jiti");
createJiti(__filename)("./provision-layer.ts").main();
