/**
 * `npm run mutate`, or of some files `npm run mutate -- -m 'policy/rules/pods/*.ts'`: changes the
 * rules' code bit by bit, and runs the tests that come by there. What survives is a missing test.
 */
export default {
  plugins: ["./test/mutation/mocha.mjs"],
  testRunner: "mocha",
  testRunnerNodeArgs: ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"],
  mutate: ["policy/rules/**/*.ts", "policy/model/**/*.ts", "!policy/rules/**/index.ts"],
  // A test that repeats a text proves nothing of it.
  mutator: { excludedMutations: ["StringLiteral"] },
  coverageAnalysis: "perTest",
  // What is computed as a module loads would need a new process, and every test, for each mutant.
  ignoreStatic: true,
  concurrency: 2,
  incremental: true,
  incrementalFile: "dist/mutation/incremental.json",
  tempDirName: "dist/mutation/sandbox",
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: "dist/mutation/report.json" },
  clearTextReporter: { allowColor: false, reportTests: false },
  ignorePatterns: ["**", "!policy/**", "!test/**", "!local/**", "!package.json", "!config/**"],
};
