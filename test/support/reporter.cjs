// Mocha's spec reporter, plus the counts in a file (RESULTS_FILE) for the runner's last line.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      if (process.env.RESULTS_FILE) {
        writeFileSync(process.env.RESULTS_FILE, JSON.stringify({ passes, failures, pending }));
      }
    });
  }
};
