// Mocha's spec reporter, plus the counts in a file (RESULTS_FILE) for the runner's last line.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** A failed hook may leave a server open, which must not keep the other suites from their turn. */
const END_MS = 30_000;

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      setTimeout(() => {
        console.log("      something is still open after the last test; the suite is ended");
        process.exit(1);
      }, END_MS).unref();
      if (process.env.RESULTS_FILE) {
        writeFileSync(process.env.RESULTS_FILE, JSON.stringify({ passes, failures, pending }));
      }
    });
  }
};
