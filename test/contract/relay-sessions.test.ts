import assert from "node:assert/strict";
import { messages, toolCalls } from "#packages/mcp-mesh/src/metrics";
import {
  ACCEPT,
  connect,
  Everything,
  metric,
  open,
  serversId,
  startRelay,
} from "#test/contract/relay-support";
import { eventually } from "#test/support/eventually";

type Relay = Awaited<ReturnType<typeof startRelay>>;

describe("The session relay before an unmodified server", function () {
  this.timeout(120_000);
  let server: Everything;
  let relay: Relay;

  before(async () => {
    server = await Everything.start();
  });
  after(() => server.stop());
  const start = async (options?: Parameters<typeof startRelay>[2]) => {
    relay = await startRelay("127.0.0.2", server.port, options);
  };
  afterEach(() => relay.stop());

  it("lets an ordinary client open a session, use it and end it", async () => {
    await start();
    const { client, transport, echo } = await connect(relay.url);
    assert.equal(await echo("hello"), "Echo: hello");
    const id = serversId(transport.sessionId ?? "");
    assert.ok(await server.knows(id));
    await transport.terminateSession();
    assert.equal(await server.knows(id), false);
    await client.close();
  });

  it("is ready when the server has answered as it would a client, and only then", async () => {
    await start({ serverPort: 1 });
    const unready = await fetch(`${relay.management}/ready`);
    assert.equal(unready.status, 503);
    assert.match(await unready.text(), /the server does not answer MCP: .*ECONNREFUSED/);
    relay.stop();
    await start();
    assert.equal((await fetch(`${relay.management}/ready`)).status, 200);
  });

  it("answers 404 for a session that the server has forgotten, which says 400 to it", async () => {
    await start();
    const { echo } = await connect(relay.url);
    assert.equal(await echo("before"), "Echo: before");
    await server.restart();
    await assert.rejects(echo("lost"), { code: 404 });
    const again = await connect(relay.url);
    assert.equal(await again.echo("after"), "Echo: after");
    await again.client.close();
  });

  it("passes a 400 on that is about something else", async () => {
    await start();
    const id = await open(relay.url);
    const headers = { ...ACCEPT, "mcp-session-id": id, "mcp-protocol-version": "1999-01-01" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" });
    const answer = await fetch(relay.url, { method: "POST", headers, body });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /Unsupported protocol version/);
  });

  it("replays what a client missed, after Last-Event-ID", async () => {
    await start();
    const { client, transport } = await connect(relay.url);
    const session = { "mcp-session-id": transport.sessionId ?? "" };
    const cut = new AbortController();
    const call = {
      jsonrpc: "2.0",
      id: 7,
      method: "tools/call",
      params: {
        name: "trigger-long-running-operation",
        arguments: { duration: 1, steps: 4 },
        _meta: { progressToken: 1 },
      },
    };
    const stream = await fetch(relay.url, {
      method: "POST",
      headers: { ...ACCEPT, ...session },
      body: JSON.stringify(call),
      signal: cut.signal,
    });
    let seen = "";
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    while (!/"progress":1\b/.test(seen)) seen += (await reader.read()).value ?? "";
    const [last] = [...seen.matchAll(/^id: (.+)$/gm)].slice(-1);
    cut.abort();
    const missed = await eventually("the events that were missed", 15, async () => {
      const replay = await fetch(relay.url, {
        headers: { ...session, accept: "text/event-stream", "last-event-id": last?.[1] ?? "" },
        signal: AbortSignal.timeout(2_000),
      });
      let text = "";
      try {
        for await (const chunk of replay.body!.pipeThrough(new TextDecoderStream())) text += chunk;
      } catch {
        // The stream stays open: what came until now is all there is.
      }
      return text.includes("Long running operation completed") && text;
    });
    assert.match(missed, /"progress":4\b/);
    await client.close();
  });

  it("ends sessions that nobody uses, and keeps those with an open stream", async () => {
    await start({ idleMs: 400 });
    const { client, echo } = await connect(relay.url);
    const left = serversId(await open(relay.url));
    assert.ok(await server.knows(left));
    await eventually("the end of the session", 15, async () => !(await server.knows(left)));
    assert.equal(await echo("still here"), "Echo: still here");
    await client.close();
  });

  it("holds no more sessions than it may, by ending the idlest ones", async () => {
    await start({ sessionLimit: 20 });
    const opened: string[] = [];
    for (let index = 0; index < 60; index++) opened.push(serversId(await open(relay.url)));
    assert.equal(await metric(relay.management, "mcp_mesh_sessions"), 20);
    const known = async () => {
      const answers = await Promise.all(opened.map((id) => server.knows(id)));
      return answers.filter((known) => known).length;
    };
    await eventually("twenty sessions at the server", 15, async () => (await known()) === 20);
    assert.ok(await server.knows(opened.at(-1) ?? ""));
  });

  it("tells its metrics under the names that the runtime has, without any of the registry", async () => {
    // Other tests of this process have counted, too.
    for (const one of [messages, toolCalls]) one.reset();
    await start();
    await fetch(`${relay.management}/ready`);
    const { client, echo } = await connect(relay.url);
    await echo("counted");
    const text = await (await fetch(`${relay.management}/metrics`)).text();
    assert.match(text, /mcp_mesh_tool_call_duration_seconds_count\{tool="echo",outcome="ok"\} 1/);
    assert.match(text, /mcp_mesh_messages_total\{method="tools\/call",era="2025-11-25"\} 1/);
    assert.match(text, /^mcp_mesh_sessions 1$/m);
    assert.match(text, /^mcp_mesh_sessions_opened_total \d+$/m);
    for (const absent of ["registered", "heartbeats", "dependency"]) {
      assert.doesNotMatch(text, new RegExp(`mcp_mesh_${absent}`));
    }
    await client.close();
  });

  it("says in JSON lines what it does", async () => {
    await start();
    const entries = relay.lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      entries.map(({ component, level, msg }) => [component, level, msg]),
      [["relay", "info", "serving"]],
    );
  });
});
