import assert from "node:assert/strict";
import { Steered } from "#test/contract/agent-steered";
import { FakeRegistry } from "#test/contract/agent-support";

describe("An agent with health checks of its own", () => {
  let registry: FakeRegistry;
  let steered: Steered;

  const start = async (health?: string) => {
    steered = new Steered({ health, open: true });
    await steered.start(registry.url, { CHECKED: "yes" });
  };
  const why = async () =>
    (await fetch(`http://127.0.0.1:${steered.agent.managementPort}/ready`)).text();
  const left = () => registry.asked("DELETE").length;

  beforeEach(async () => {
    registry = await new FakeRegistry().start();
  });
  afterEach(async () => {
    await steered.remove();
    registry.stop();
  });

  it("leaves the Service and the registry when one fails, says why, and comes back by itself", async () => {
    await start();
    await steered.until("readiness", () => steered.isReady());
    steered.steer({ health: "no connection to the database", open: true });
    await steered.until("the end of readiness", async () => !(await steered.isReady()));
    assert.equal(await why(), "steering: no connection to the database\n");
    await steered.until("its leaving", () => left() === 1);
    assert.match(steered.agent.log, /not fit for calls: leaves the registry.*no connection/);
    assert.equal(await steered.agent.probe("/livez"), 200, "a restart would not help");
    assert.equal(await steered.agent.probe("/startupz"), 200);
    assert.match(
      await steered.agent.metrics(),
      /^mcp_mesh_health_check_passed\{check="steering"\} 0$/m,
    );
    const registrations = registry.asked("POST").length;
    assert.equal(registry.exchanges.at(-1)?.method, "DELETE", "no heartbeat after that");

    steered.steer({ open: true });
    await steered.until("its return", () => registry.asked("POST").length > registrations);
    await steered.until("readiness", () => steered.isReady());
    assert.equal(left(), 1);
    assert.match(
      await steered.agent.metrics(),
      /^mcp_mesh_health_check_passed\{check="steering"\} 1$/m,
    );
  });

  it("does not join before they pass", async () => {
    await start("still warming up");
    await steered.until("the check's reason", async () => /warming up/.test(await why()));
    assert.equal(registry.exchanges.length, 0);
    steered.steer({ open: true });
    await steered.until("readiness", () => steered.isReady());
    assert.equal(registry.asked("POST").length, 1);
    assert.equal(left(), 0);
  });

  it("is out while one hangs, and answers calls and probes all the same", async () => {
    await start();
    await steered.until("readiness", () => steered.isReady());
    steered.steer({ health: "hang", open: true });
    await steered.until("its leaving", () => left() === 1);
    assert.match(await why(), /^steering: (did not come back within 2 s|hangs since \d+ s)$/m);
    assert.match(await (await steered.wait()).text(), /done/);
  });

  it("tries to leave again while the registry does not answer", async () => {
    registry.statuses.DELETE = [503, 204];
    await start();
    await steered.until("readiness", () => steered.isReady());
    steered.steer({ health: "no database", open: true });
    await steered.until("its second try", () => left() === 2);
  });
});
