/** Runs mocha for stryker, whose own runner knows only mocha up to 11. */
import { globSync, readFileSync } from "node:fs";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import Mocha from "mocha";

/** Tests that start processes or threads see no mutants, and take their time. */
const starts =
  /child_process|worker_threads|test\/support\/project|support\/host\.ts|model\/threads/;

class MochaRunner {
  mocha = new Mocha({ timeout: 60_000, reporter: class {} });
  stryker = (globalThis.__stryker__ ??= {});
  loaded = false;

  async capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    this.mocha.cleanReferencesAfterRun(false);
    const files = globSync("test/policy/*.test.ts");
    for (const file of files.sort()) {
      if (!starts.test(readFileSync(file, "utf8"))) this.mocha.addFile(file);
    }
  }

  async dryRun({ disableBail }) {
    const result = await this.run(disableBail, undefined, (test) => {
      this.stryker.currentTestId = test.fullTitle();
    });
    const { mutantCoverage } = this.stryker;
    return result.status === DryRunStatus.Complete ? { ...result, mutantCoverage } : result;
  }

  async mutantRun({ activeMutant, testFilter, disableBail, hitLimit, mutantActivation }) {
    this.stryker.hitLimit = hitLimit;
    this.stryker.hitCount = hitLimit ? 0 : undefined;
    if (mutantActivation === "static") this.stryker.activeMutant = activeMutant.id;
    await this.load();
    const wanted = testFilter && new Set(testFilter);
    this.stryker.activeMutant = activeMutant.id;
    return toMutantRunResult(await this.run(disableBail, wanted));
  }

  async load() {
    if (!this.loaded) await this.mocha.loadFilesAsync();
    this.loaded = true;
  }

  async run(disableBail, wanted, before) {
    const tests = [];
    try {
      await this.load();
      for (const suite of suitesOf(this.mocha.suite)) suite.bail(!disableBail);
      this.mocha.grep(wanted ? { test: (title) => wanted.has(title) } : /^/);
      await new Promise((resolve) => {
        const runner = this.mocha.run(resolve);
        runner.on("test", (test) => before?.(test));
        const note = (test, status, failureMessage) => {
          const name = test.ctx?.currentTest?.fullTitle() ?? test.fullTitle();
          tests.push({ id: name, name, status, failureMessage, timeSpentMs: test.duration ?? 0 });
        };
        runner.on("pass", (test) => note(test, TestStatus.Success));
        runner.on("fail", (test, error) =>
          note(test, TestStatus.Failed, error?.message ?? "failed"),
        );
      });
    } catch (error) {
      return { status: DryRunStatus.Error, errorMessage: error?.stack ?? String(error) };
    }
    const { hitCount, hitLimit } = this.stryker;
    return determineHitLimitReached(hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests };
  }

  async dispose() {
    this.mocha.dispose();
  }
}

function suitesOf(suite) {
  return [suite, ...suite.suites.flatMap(suitesOf)];
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "mocha", MochaRunner)];
