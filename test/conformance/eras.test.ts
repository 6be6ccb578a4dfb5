import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { alive } from "#test/conformance/support/alive";
import { ended, oneMore, textOf } from "#test/conformance/support/calls";
import { connect } from "#test/conformance/support/modern-client";
import { type Event, eventsOf, Session } from "#test/conformance/support/stream";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { createTools, serveMcp } from "#test/support/mcp-server";

const script = "examples/reference/src/agent.ts";
const registry = new FakeRegistry();

/** An agent with the runtime attached, once it has joined the mesh. */
async function join(script: string, env: NodeJS.ProcessEnv = {}): Promise<[Agent, string]> {
  const before = registry.asked("POST").length;
  const mesh = { MCP_MESH_REGISTRY_URL: registry.url, ...env };
  const agent = await Agent.start({ runtime: true, script, env: mesh });
  const url = `http://127.0.0.1:${agent.port}/mcp`;
  await eventually("the agent's answer", 20, () => alive(url));
  await eventually("its joining", 20, async () => registry.asked("POST").length > before);
  return [agent, url];
}

describe("an agent in a mesh", function () {
  this.timeout(60_000);
  let agent: Agent;
  let url = "";
  const long = { name: "countdown", arguments: { steps: 100, everyMs: 100 } };
  const short = { name: "countdown", arguments: { steps: 5, everyMs: 200 } };

  before(async () => {
    await registry.start();
    [agent, url] = await join(script, { SESSIONS: "on", MCP_MESH_AGENT_NAME: "reference" });
  });
  after(async () => {
    await agent.stop();
    registry.stop();
  });

  describe("with a client of 2025-11-25", () => {
    let client: Client;
    before(async () => {
      client = new Client({ name: "test", version: "1.0.0" });
      await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    });
    after(() => client.close());

    it("hears that a call was cancelled", async () => {
      const before = await ended(client);
      const given = new AbortController();
      const call = client.callTool(long, undefined, {
        signal: given.signal,
        onprogress: () => given.abort(),
      });
      await assert.rejects(call);
      assert.equal(await oneMore(client, before), "cancelled");
    });

    it("goes on with a call whose stream was lost", async () => {
      const before = await ended(client);
      const session = await Session.begin(url);
      const lost = new AbortController();
      await session.post({ id: 1, method: "tools/call", params: short }, lost.signal);
      lost.abort();
      assert.equal(await oneMore(client, before), "completed");
      await session.end();
    });

    it("resumes a lost stream where it broke, with nothing lost and nothing twice", async () => {
      const session = await Session.begin(url);
      const lost = new AbortController();
      const params = { ...short, _meta: { progressToken: "steps" } };
      const call = await session.post({ id: 1, method: "tools/call", params }, lost.signal);
      const events: Event[] = [];
      for await (const event of eventsOf(call)) {
        events.push(event);
        if (event.message?.params?.progress === 2) break;
      }
      lost.abort();
      const resumed = await session.resume(events.at(-1)?.id ?? "");
      assert.equal(resumed.status, 200);
      for await (const event of eventsOf(resumed)) {
        events.push(event);
        if (event.message?.result) break;
      }
      const steps = events.flatMap(({ message }) => message?.params?.progress ?? []);
      assert.deepEqual(steps, [1, 2, 3, 4, 5]);
      assert.equal(textOf(events.at(-1)?.message?.result ?? {}), "Counted 5 steps");
      await session.end();
    });

    it("gets the answer of a call whose stream the server ended", async () => {
      const result = await client.callTool({ name: "test_reconnection" });
      assert.equal(textOf(result), "Reconnection test completed successfully.");
    });

    it("is told that an ended session is gone", async () => {
      const session = await Session.begin(url);
      assert.equal(await session.status(), 200);
      await session.end();
      assert.equal(await session.status(), 404);
    });

    it("sees each step while the call runs", async () => {
      assert.deepEqual(
        await stepsSeen((onprogress) => client.callTool(short, undefined, { onprogress })),
        "as they came",
      );
    });
  });

  describe("with a client of 2026-07-28", () => {
    let client: Awaited<ReturnType<typeof connect>>;
    before(async () => {
      client = await connect(url);
      assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
    });
    after(() => client.close());

    it("cancels a call by closing its stream", async () => {
      const before = await ended(client);
      const given = new AbortController();
      const call = client.callTool(long, {
        signal: given.signal,
        onprogress: () => given.abort(),
      });
      await assert.rejects(call);
      assert.equal(await oneMore(client, before), "cancelled");
    });

    it("sees each step while the call runs", async () => {
      assert.deepEqual(
        await stepsSeen((onprogress) => client.callTool(short, { onprogress })),
        "as they came",
      );
    });
  });

  describe("with a client that finds out what a server speaks", () => {
    it("finds 2026-07-28 in an agent of the second SDK", async () => {
      const client = await connect(url);
      assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
      assert.match(textOf(await client.callTool({ name: "test_simple_text" })), /simple text/);
      await client.close();
    });

    it("finds 2025-11-25 in an agent of the first SDK", async () => {
      const [greeter, where] = await join("examples/greeter/src/agent.ts");
      const client = await connect(where);
      assert.equal(client.getNegotiatedProtocolVersion(), "2025-11-25");
      const answer = await client.callTool({ name: "greet", arguments: { name: "Ada" } });
      assert.equal(textOf(answer), "Hello, Ada!");
      await client.close();
      await greeter.stop();
    });

    for (const sessions of [false, true]) {
      it(`finds 2025-11-25 in an unmodified server ${sessions ? "with" : "without"} sessions`, async () => {
        const server = await serveMcp(createTools, { sessions });
        const client = await connect(server.url.href);
        assert.equal(client.getNegotiatedProtocolVersion(), "2025-11-25");
        const answer = await client.callTool({ name: "echo", arguments: { message: "hi" } });
        assert.equal(textOf(answer), "hi");
        await client.close();
        server.stop();
      });
    }
  });
});

/** Whether the steps of `countdown` came one after another, or all with the answer. */
async function stepsSeen(
  call: (onprogress: (at: { progress: number }) => void) => Promise<object>,
): Promise<string> {
  const seen: { progress: number; at: number }[] = [];
  const result = await call(({ progress }) => void seen.push({ progress, at: performance.now() }));
  const answered = performance.now();
  assert.equal(textOf(result), "Counted 5 steps");
  assert.deepEqual(
    seen.map(({ progress }) => progress),
    [1, 2, 3, 4, 5],
  );
  // Four waits of 200 ms lie between the first step and the answer.
  const ahead = answered - (seen[0]?.at ?? answered);
  return ahead > 400 ? "as they came" : `all within ${ahead} ms of the answer`;
}
