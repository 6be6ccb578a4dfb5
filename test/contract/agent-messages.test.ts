import assert from "node:assert/strict";
import { connect } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { HttpActivity } from "#packages/mcp-mesh/src/http/activity";
import { McpWatch } from "#packages/mcp-mesh/src/mcp/watch";
import {
  messages as messagesCounted,
  metrics,
  sessions,
  sessionsOpened,
  toolCalls,
} from "#packages/mcp-mesh/src/metrics";
import { eventually } from "#test/support/eventually";
import {
  type Behaviour,
  createTools,
  type Serving,
  serveHttp,
  serveMcp,
} from "#test/support/mcp-server";

/** The value of a sample by its name and labels, as Prometheus would scrape it; 0 if it is absent. */
async function sample(series: string): Promise<number> {
  const line = (await metrics.metrics()).split("\n").find((text) => text.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}
const calls = (tool: string, outcome: string) =>
  sample(`mcp_mesh_tool_call_duration_seconds_count{tool="${tool}",outcome="${outcome}"}`);
const messages = (method: string, era: string) =>
  sample(`mcp_mesh_messages_total{method="${method}",era="${era}"}`);
/** Metrics follow the end of an answer, of which a client can hear first. */
const becomes = (what: string, value: number, read: () => Promise<number>) =>
  eventually(`${what} = ${value}`, 5, async () => (await read()) === value);

describe("What is counted of an agent's messages", () => {
  let serving: Serving;
  let clients: Client[] = [];

  const watched = (started: Serving) => {
    serving = started;
    new HttpActivity(started.port).watch(new McpWatch(new Set(["echo", "fail", "step"])));
    return started;
  };
  const serve = async (
    options: { sessions?: boolean; json?: boolean } = {},
    more: Behaviour = {},
  ) => watched(await serveMcp(() => createTools(more), options));
  const client = async () => {
    const one = new Client({ name: "test", version: "1.0.0" });
    const transport = new StreamableHTTPClientTransport(serving.url);
    await one.connect(transport);
    clients.push(one);
    return Object.assign(one, { own: transport });
  };
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(serving.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
    });
  const echo = (message: string, id: number | string = 1) =>
    JSON.stringify({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name: "echo", arguments: { message } },
    });

  // Not the whole registry: tests that come later read what is set once, such as the version.
  beforeEach(() => {
    for (const one of [messagesCounted, sessions, sessionsOpened, toolCalls]) one.reset();
  });
  afterEach(async () => {
    for (const one of clients) await one.close();
    clients = [];
    serving.stop();
  });

  for (const json of [false, true]) {
    const form = json ? "JSON" : "an event stream";
    it(`is each tool call by its outcome, from answers in ${form}`, async () => {
      await serve({ json });
      const one = await client();
      await one.callTool({ name: "echo", arguments: { message: '{"result":{"isError":true}}' } });
      await one.callTool({ name: "fail" });
      await one.callTool({ name: "made-up" });
      await assert.rejects(one.request({ method: "tools/call", params: {} }, {} as never));
      await becomes("ok", 1, () => calls("echo", "ok"));
      await becomes("tool_error", 1, () => calls("fail", "tool_error"));
      await becomes("unknown", 1, () => calls("unknown", "failed"));
      assert.equal((await calls("unknown", "tool_error")) + (await calls("unknown", "failed")), 2);
    });
  }

  it("is each message by method and by the revision that was negotiated", async () => {
    await serve();
    const one = await client();
    await one.listTools();
    await one.ping();
    await post('{"jsonrpc":"2.0","id":7,"method":"made/up"}');
    assert.equal(await messages("initialize", "2025-11-25"), 1);
    assert.equal(await messages("notifications/initialized", "2025-11-25"), 1);
    assert.equal(await messages("tools/list", "2025-11-25"), 1);
    assert.equal(await messages("ping", "2025-11-25"), 1);
    assert.equal(await messages("other", "unknown"), 1);
  });

  it("is each message of a batch, with an outcome for each call", async () => {
    await serve();
    const fails = { jsonrpc: "2.0", id: "b", method: "tools/call", params: { name: "fail" } };
    await (await post(`[${echo("a", 1)},${JSON.stringify(fails)}]`)).text();
    await becomes("ok", 1, () => calls("echo", "ok"));
    await becomes("tool_error", 1, () => calls("fail", "tool_error"));
    assert.equal(await messages("tools/call", "unknown"), 2);
  });

  it("is what the headers of 2026-07-28 tell, and the outcome of its answer", async () => {
    watched(
      await serveHttp((request, response) => {
        request.resume();
        const isError = request.headers["mcp-name"] === "fail";
        const result = { content: [], isError, resultType: "complete" };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
      }),
    );
    const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call" };
    const base64 = `=?base64?${Buffer.from("echo").toString("base64")}?=`;
    for (const name of ["echo", base64, "fail", "made-up"]) {
      await (await post("{}", { ...headers, "mcp-name": name })).text();
    }
    await becomes("ok", 2, () => calls("echo", "ok"));
    await becomes("tool_error", 1, () => calls("fail", "tool_error"));
    await becomes("unknown", 1, () => calls("unknown", "ok"));
    assert.equal(await messages("tools/call", "2026-07-28"), 4);
  });

  it("is each session from its opening to its deletion, or until the server forgot it", async () => {
    await serve({ sessions: true });
    const one = await client();
    await client();
    await becomes("open", 2, () => sample("mcp_mesh_sessions"));
    await one.own.terminateSession();
    await becomes("open", 1, () => sample("mcp_mesh_sessions"));
    await post(echo("x"), { "mcp-session-id": "never given out" });
    assert.equal(await sample("mcp_mesh_sessions"), 1);
    assert.equal(await sample("mcp_mesh_sessions_opened_total"), 2);
  });

  it("leaves out sessions that the server answers 404 to", async () => {
    watched(
      await serveHttp((request, response) => {
        request.resume();
        const known = request.headers["mcp-session-id"];
        response.writeHead(known ? 404 : 200, { "Mcp-Session-Id": "s-1" });
        response.end('{"jsonrpc":"2.0","id":1,"result":{}}');
      }),
    );
    const initialize = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}';
    await post(initialize);
    await becomes("open", 1, () => sample("mcp_mesh_sessions"));
    await post(echo("x"), { "mcp-session-id": "s-1" });
    await becomes("open", 0, () => sample("mcp_mesh_sessions"));
    await becomes("failed", 1, () => calls("echo", "failed"));
  });

  it("is a failed call when the client goes away, and the agent goes on", async () => {
    let arrived = () => {};
    const called = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const during = async (message: string) => {
      if (message !== "slow") return;
      arrived();
      await gate;
    };
    await serve({}, { during });
    const body = echo("slow");
    const socket = connect(serving.port, "127.0.0.1");
    socket.write(
      `POST /mcp HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n` +
        `accept: application/json, text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await called;
    socket.destroy();
    await becomes("failed", 1, () => calls("echo", "failed"));
    open();
    assert.match(await (await post(echo("next"))).text(), /next/);
  });

  it("does not hold back a stream: progress comes before the tool has ended", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await serve({}, { during: () => gate });
    const one = await client();
    const onprogress = () => open();
    const result = await one.callTool({ name: "step" }, undefined, { onprogress });
    assert.deepEqual(result.content, [{ type: "text", text: "done" }]);
    await becomes("ok", 1, () => calls("step", "ok"));
  });

  it("changes nothing in large bodies, chunked bodies and what is not MCP", async () => {
    const bodies: Buffer[] = [];
    watched(
      await serveHttp(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        bodies.push(Buffer.concat(chunks));
        for (const chunk of chunks) response.write(chunk);
        response.end();
      }),
    );
    const big = Buffer.from(echo("ä".repeat(3 << 20)));
    const parts = [big.subarray(0, 100_001), big.subarray(100_001)];
    const stream = new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part) controller.enqueue(part);
        else controller.close();
      },
    });
    const chunked = { method: "POST", body: stream, duplex: "half" } as RequestInit;
    const answer = Buffer.from(await (await fetch(serving.url, chunked)).arrayBuffer());
    assert.ok(bodies[0]?.equals(big) && answer.equals(big));
    for (const body of ["", "{", "null", "[]", '"text"', "\0\x01", '{"method":{}}']) {
      assert.equal(await (await post(body)).text(), body);
    }
    assert.equal(await messages("tools/call", "unknown"), 1);
  });

  it("covers all requests of a connection that is kept", async () => {
    await serve({ json: true });
    for (let i = 0; i < 5; i++) await (await post(echo(`${i}`, i))).text();
    await becomes("ok", 5, () => calls("echo", "ok"));
  });
});
