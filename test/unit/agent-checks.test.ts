import assert from "node:assert/strict";
import { HEALTH_CHECKS, healthCheck } from "mcp-mesh-types";
import { Checks } from "#packages/mcp-mesh/src/health/checks";
import { eventually } from "#test/support/eventually";

const DEADLINE_MS = 40;
const forever = () => new Promise<void>(() => {});

describe("A round of an agent's health checks", () => {
  afterEach(() => {
    delete (globalThis as { [HEALTH_CHECKS]?: unknown })[HEALTH_CHECKS];
  });

  it("passes without any, and when all return", async () => {
    const checks = new Checks(DEADLINE_MS);
    assert.equal(await checks.round(), undefined);
    healthCheck("plain", () => {});
    healthCheck("waiting", async () => {});
    assert.equal(await checks.round(), undefined);
  });

  it("names each that throws or rejects, with its reason, in one line of bounded length", async () => {
    healthCheck("fine", () => {});
    healthCheck("throws", () => {
      throw new Error("no\n  disk");
    });
    healthCheck("rejects", () => Promise.reject(new Error("x".repeat(5_000))));
    const problem = await new Checks(DEADLINE_MS).round();
    assert.match(problem ?? "", /^throws: no disk; rejects: x{200}$/);
  });

  it("ends with the deadline, and tells the check so", async () => {
    let given: AbortSignal | undefined;
    healthCheck("hangs", (signal) => {
      given = signal;
      return forever();
    });
    assert.equal(await new Checks(DEADLINE_MS).round(), "hangs: did not come back within 0.04 s");
    assert.equal(given?.aborted, true);
  });

  it("runs them side by side, so that many that hang take no longer than one", async () => {
    for (let i = 0; i < 50; i++) healthCheck(`hangs ${i}`, forever);
    const began = performance.now();
    await new Checks(500).round();
    assert.ok(performance.now() - began < 5_000);
  });

  it("does not start one again that still hangs, but gives it another try after a while", async () => {
    let runs = 0;
    healthCheck("hangs once", () => (++runs === 1 ? forever() : undefined));
    const checks = new Checks(DEADLINE_MS);
    await checks.round();
    assert.match((await checks.round()) ?? "", /^hangs once: hangs since 0 s$/);
    assert.equal(runs, 1);
    await eventually("it passes", 5, async () => (await checks.round()) === undefined);
    assert.equal(runs, 2);
  });

  it("forgets one that the agent takes away", async () => {
    const remove = healthCheck("failing", () => {
      throw new Error("no");
    });
    const checks = new Checks(DEADLINE_MS);
    assert.equal(await checks.round(), "failing: no");
    remove();
    assert.equal(await checks.round(), undefined);
  });
});
