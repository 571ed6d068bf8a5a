/** Two projects: `unit` needs nothing but node packages; `estate` runs the real local estate on ports of its own. */
const common = {
  transform: { "^.+\\.[cm]?[jt]s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  // Packages that ship ES modules only are compiled for jest, which runs CommonJS.
  transformIgnorePatterns: [
    "/node_modules/(?!(execa|listr2|croner|figures|get-stream|human-signals|is-plain-obj|is-stream|is-unicode-supported|npm-run-path|parse-ms|path-key|pretty-ms|strip-final-newline|unicorn-magic|yoctocolors|@sindresorhus|@sec-ant)/)",
  ],
  // jest does not know the "node" condition of this package's exports.
  moduleNameMapper: { "^unicorn-magic$": "<rootDir>/node_modules/unicorn-magic/node.js" },
  testEnvironment: "node",
};
module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/estate/"],
    },
    { ...common, displayName: "estate", testMatch: ["<rootDir>/test/estate/**/*.test.ts"] },
  ],
};
