import assert from "node:assert/strict";
import { DeadlineExceededError } from "mcp-mesh-types";
import { Caller, Pods } from "#test/contract/agent-calls-support";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const POD = "127.0.0.2";

/** Calls a tool of an agent as any client can, and with a deadline if one is given. */
async function relay(port: number, message: string, seconds?: string): Promise<string> {
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...(seconds && { "x-mesh-timeout": seconds }),
  };
  const params = { name: "relay", arguments: { message } };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const url = `http://127.0.0.1:${port}/mcp`;
  const answer = await (await fetch(url, { method: "POST", headers, body })).text();
  return JSON.parse(/^data: (.*)$/m.exec(answer)?.[1] ?? "{}").result.content[0].text;
}

describe("A deadline", function () {
  this.timeout(60_000);
  let pods: Pods;

  beforeEach(async () => {
    pods = await Pods.start(POD);
  });
  afterEach(() => pods.stopAll());

  const offer = () => ({
    agent_id: "pods-1",
    endpoint: `http://${POD}:${pods.port}`,
    function_name: "echo",
    capability: "echo",
    status: "available",
  });

  describe("of a call", () => {
    let caller: Caller;

    beforeEach(() => {
      caller = new Caller({ callTimeoutMs: 500 });
      caller.wire(offer());
    });
    afterEach(() => caller.dependencies.close());

    it("ends it with an error of its own, and the tool hears that nobody waits", async () => {
      await caller.call("hello", { timeoutMs: 10_000 });
      const error = await caller.call("hang", { timeoutMs: 300 }).catch((thrown) => thrown);
      assert(DeadlineExceededError.is(error), String(error));
      assert.equal(error.capability, "echo");
      assert.match(error.message, /did not answer within 300 ms/);
      await eventually("the end at the tool", 10, async () => {
        return (await pods.facts(POD)).cancelled === 1;
      });
    });

    it("is the agent's own where neither call nor dependency has one", async () => {
      const error = await caller.call("hang").catch((thrown) => thrown);
      assert.match(String(error), /did not answer within 500 ms/);
    });

    it("does not keep an endpoint from others that it answers", async () => {
      await caller.call("hello", { timeoutMs: 10_000 });
      const hanging = Array.from({ length: 8 }, () =>
        assert.rejects(caller.call("hang", { timeoutMs: 1_500 }), DeadlineExceededError),
      );
      for (let call = 0; call < 5; call++) await caller.call("hello", { timeoutMs: 10_000 });
      await Promise.all(hanging);
      assert.equal(await caller.call("hello", { timeoutMs: 10_000 }), POD);
    });

    it("is not what a caller meets that gave up before", async () => {
      const giveUp = new AbortController();
      const call = caller.call("hang", { signal: giveUp.signal, timeoutMs: 10_000 });
      await eventually("the call", 10, async () => (await pods.facts(POD)).calls === 1);
      giveUp.abort(new Error("no longer needed"));
      await assert.rejects(call, /no longer needed/);
      await eventually("the end at the tool", 10, async () => {
        return (await pods.facts(POD)).cancelled === 1;
      });
    });
  });

  describe("that a tool's caller sent", () => {
    let registry: FakeRegistry;
    let agent: Agent;

    beforeEach(async () => {
      registry = await new FakeRegistry().start();
      registry.wiring = { relay: [offer()] };
      agent = await Agent.start({
        runtime: true,
        script: "test/fixtures/pod-agent.ts",
        env: { MCP_MESH_REGISTRY_URL: registry.url },
      });
      await eventually("readiness", 30, async () => (await agent.probe("/ready")) === 200);
    });
    afterEach(async () => {
      await agent.stop("SIGKILL");
      registry.stop();
    });

    it("ends the calls that the tool makes for it, though the tool sets none", async () => {
      assert.equal(await relay(agent.port, "hang", "1.5"), "deadline");
      await eventually("the end at the other tool", 10, async () => {
        return (await pods.facts(POD)).cancelled === 1;
      });
      const { timeouts } = await pods.facts(POD);
      assert(timeouts.length > 0);
      for (const seconds of timeouts) assert(Number(seconds) <= 1.5, seconds);
    });

    it("holds for its own request alone, whatever the connection carried before", async () => {
      assert.match(await relay(agent.port, "hello", "20"), /127/);
      assert.match(await relay(agent.port, "hello"), /127/);
      const both = [relay(agent.port, "hang", "1"), relay(agent.port, "hello", "15")];
      assert.match((await Promise.all(both))[1] ?? "", /127/);
      const timeouts = (await pods.facts(POD)).timeouts.map(Number);
      assert.equal(timeouts.length, 4);
      assert.equal(timeouts.filter((seconds) => seconds <= 1).length, 1);
      assert.equal(timeouts.filter((seconds) => seconds > 20).length, 1, String(timeouts));
    });
  });
});
