import assert from "node:assert/strict";
import { request } from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  type CallToolResult,
  CallToolResultSchema,
  LoggingMessageNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const running: { stop(signal?: NodeJS.Signals): unknown }[] = [];
const clients: Client[] = [];

/** Starts a sample as `node` runs it, in a mesh if a registry is named. */
async function start(sample: string, env: NodeJS.ProcessEnv = {}): Promise<Agent> {
  const script = `examples/${sample}/src/agent.ts`;
  const agent = await Agent.start({ runtime: "MCP_MESH_REGISTRY_URL" in env, script, env });
  running.push(agent);
  await eventually(`${sample} answers`, 30, async () => agent.log.includes("answers at"));
  return agent;
}

async function connect({ port }: Agent) {
  const client = new Client({ name: "test", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`));
  await client.connect(transport);
  clients.push(client);
  const call = async (name: string, args: object = {}) =>
    (await client.callTool({ name, arguments: { ...args } })) as CallToolResult;
  const text = async (name: string, args?: object) => {
    const [part] = (await call(name, args)).content;
    return part?.type === "text" ? part.text : "";
  };
  return { client, transport, call, text };
}

describe("A sample agent", function () {
  this.timeout(60_000);

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(running.splice(0).map((each) => each.stop("SIGKILL")));
  });

  it("clock tells the time with node alone, and refuses a zone that there is not", async () => {
    const clock = await start("clock");
    const { call, text } = await connect(clock);
    const before = Date.now();
    const { structuredContent } = await call("now", { timeZone: "Asia/Tokyo" });
    assert.equal(structuredContent?.timeZone, "Asia/Tokyo");
    assert.ok(Date.parse(String(structuredContent?.instant)) >= before);
    assert.match(await text("now"), /^It is .* UTC\.$/);
    assert.match(await text("now", { timeZone: "Mars/Olympus" }), /invalid time zone.*Mars/i);
    assert.equal(await clock.stop(), 0, "it ends when it is told to");
  });

  it("answers 405 for a session, where it keeps none", async () => {
    const { port } = await start("clock");
    for (const method of ["GET", "DELETE"]) {
      const { status, headers } = await fetch(`http://127.0.0.1:${port}/mcp`, { method });
      assert.deepEqual([status, headers.get("allow")], [405, "POST"], method);
    }
  });

  it("answers to the names that it is given, and to no others", async () => {
    const { port } = await start("clock", { ALLOWED_HOSTS: "clock, clock.mcp-mesh.svc" });
    const status = async (host: string) => {
      return new Promise((resolve, reject) => {
        const headers = { host: `${host}:8080` };
        request({ port, host: "127.0.0.1", path: "/mcp", method: "GET", headers }, (response) => {
          resolve(response.resume().statusCode);
        })
          .on("error", reject)
          .end();
      });
    };
    assert.equal(await status("clock.mcp-mesh.svc"), 405);
    assert.equal(await status("localhost"), 405);
    assert.equal(await status("evil.example"), 403);
  });

  it("chain makes do without its peers with node alone, and says which agents it is", async () => {
    const { text } = await connect(await start("chain", { AGENT: "trip" }));
    assert.equal(await text("plan", { city: "Bern" }), "Bern: nobody here knows what to pack.");
    const packing = await connect(await start("chain", { AGENT: "packing" }));
    assert.match(await packing.text("pack", { city: "Bern" }), /^For any weather: /);
    const nobody = await Agent.start({ runtime: false, script: "examples/chain/src/agent.ts" });
    running.push(nobody);
    await eventually("it says what is missing", 30, async () =>
      /AGENT is "undefined", but must be one of forecast, packing, trip\./.test(nobody.log),
    );
  });

  it("chain reaches its last agent through the mesh", async () => {
    const wire = async (tool: string, capability: string, provider: string, to: Agent) => {
      const registry = await new FakeRegistry().start();
      running.push(registry);
      const endpoint = `http://127.0.0.1:${to.port}`;
      const offer = { agent_id: `${provider}-1`, capability, function_name: provider, endpoint };
      registry.wiring = { [tool]: [{ ...offer, status: "available" }] };
      return registry.url;
    };
    const forecast = await start("chain", { AGENT: "forecast" });
    const packing = await start("chain", {
      AGENT: "packing",
      MCP_MESH_REGISTRY_URL: await wire("pack", "forecast", "forecast", forecast),
    });
    const trip = await start("chain", {
      AGENT: "trip",
      MCP_MESH_REGISTRY_URL: await wire("plan", "packing", "pack", packing),
    });
    for (const agent of [packing, trip]) {
      await eventually("it is wired", 30, async () => (await agent.probe("/ready")) === 200);
    }
    const { text } = await connect(trip);
    assert.equal(await text("plan", { city: "Bern" }), "Bern: take a coat, for 3 °C and dry.");
  });

  it("notes keeps each session's notes apart, and forgets a session that ends", async () => {
    const agent = await start("notes");
    const one = await connect(agent);
    const other = await connect(agent);
    assert.equal(await one.text("add", { text: "milk" }), "This is note 1.");
    assert.deepEqual((await one.call("list")).structuredContent, { notes: ["milk"] });
    assert.deepEqual((await other.call("list")).structuredContent, { notes: [] });
    const gone = one.transport.sessionId ?? "";
    await one.transport.terminateSession();
    const { status } = await fetch(`http://127.0.0.1:${agent.port}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-session-id": gone,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    assert.equal(status, 404);
    assert.equal(await agent.stop(), 0, "it ends with a session open");
  });

  it("notes sends what a client missed when it resumes from the last event", async () => {
    const agent = await start("notes");
    const first = await connect(agent);
    for (const text of ["one", "two", "three"]) await first.text("add", { text });

    const heard: unknown[] = [];
    let last: string | undefined;
    const listen = (client: Client, onNote: () => void = () => {}) =>
      client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
        heard.push(params.data);
        onNote();
      });
    const cut = new Promise<void>((resolve) => listen(first.client, resolve));
    const dictate = { method: "tools/call" as const, params: { name: "dictate", arguments: {} } };
    const lost = first.client.request(dictate, CallToolResultSchema, {
      onresumptiontoken: (token) => {
        last = token;
      },
    });
    lost.catch(() => {});
    await cut;
    // As when the network goes: the connection ends, and the session does not.
    await first.transport.close();

    const { sessionId, protocolVersion } = first.transport;
    const url = new URL(`http://127.0.0.1:${agent.port}/mcp`);
    const transport = new StreamableHTTPClientTransport(url, { sessionId });
    const second = new Client({ name: "test", version: "1.0.0" });
    listen(second);
    await second.connect(transport);
    transport.setProtocolVersion(protocolVersion ?? "");
    clients.push(second);
    const result = await second.request(dictate, CallToolResultSchema, { resumptionToken: last });
    assert.deepEqual(result.content, [{ type: "text", text: "These were 3 notes." }]);
    assert.deepEqual(heard, ["one", "two", "three"]);
  });
});
