// The scheduler as a program: see scheduler-program.ts. Starts the TypeScript without a build step.
const { createJiti } = require("jiti");
createJiti(__filename)("./scheduler-program.ts").main();
