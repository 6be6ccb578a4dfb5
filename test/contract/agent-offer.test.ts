import assert from "node:assert/strict";
import { Steered } from "#test/contract/agent-steered";
import { Agent, FakeRegistry, freePorts } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const LISTEN = {
  jsonrpc: "2.0",
  id: "all",
  method: "subscriptions/listen",
  params: {
    notifications: { toolsListChanged: true },
    _meta: {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "test", version: "1.0.0" },
      "io.modelcontextprotocol/clientCapabilities": {},
    },
  },
};

describe("What an agent offers", () => {
  let registry: FakeRegistry;
  let agent: Agent | undefined;
  let steered: Steered | undefined;

  const registered = (count = 1) =>
    eventually("a registration", 20, async () => registry.asked("POST").length >= count).catch(
      (error) => {
        throw new Error(`${error.message}\n${(agent ?? steered?.agent)?.log}`);
      },
    );
  const offer = () => registry.asked("POST").at(-1)?.body as { version: string; tools: Tool[] };
  type Tool = Record<string, unknown>;

  beforeEach(async () => {
    registry = await new FakeRegistry().start();
  });
  afterEach(async () => {
    await agent?.stop("SIGKILL");
    await steered?.remove();
    agent = undefined;
    steered = undefined;
    registry.stop();
  });

  for (const [era, LEGACY] of [
    ["2025 and 2026-07-28", "yes"],
    ["2026-07-28 alone", "no"],
  ] as const) {
    it(`is read from a server that speaks ${era}`, async () => {
      const env = { MCP_MESH_REGISTRY_URL: registry.url, LEGACY };
      agent = await Agent.start({ runtime: true, script: "test/fixtures/two-eras-agent.ts", env });
      await registered();
      const { version, tools } = offer();
      assert.equal(version, "2.1.0");
      const [{ inputSchema, ...tool } = {}] = tools;
      assert.deepEqual(tool, {
        function_name: "add",
        capability: "adding",
        version: "1.2.0",
        tags: [],
        idempotent: true,
        dependencies: [],
      });
      assert.ok(inputSchema);
    });
  }

  it("ends with a result for who listens by 2026-07-28, and not by a reset", async () => {
    const env = { MCP_MESH_REGISTRY_URL: registry.url };
    agent = await Agent.start({ runtime: true, script: "test/fixtures/two-eras-agent.ts", env });
    await registered();
    const response = await fetch(`http://127.0.0.1:${agent.port}/mcp`, {
      method: "POST",
      body: JSON.stringify(LISTEN),
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "subscriptions/listen",
      },
    });
    assert.equal(response.status, 200);
    const metrics = await agent.metrics();
    assert.match(metrics, /^mcp_mesh_streams 1$/m);
    assert.match(metrics, /^mcp_mesh_requests_in_flight 0$/m);
    assert.equal(await agent.stop(), 0);
    const events = [...(await response.text()).matchAll(/^data: (.*)$/gm)];
    assert.deepEqual(JSON.parse(events.at(-1)?.[1] ?? ""), {
      jsonrpc: "2.0",
      id: "all",
      result: {
        resultType: "complete",
        _meta: { "io.modelcontextprotocol/subscriptionId": "all" },
      },
    });
  });

  it("is read from a server that answers to its own name alone", async () => {
    steered = new Steered({ host: "greeter.mcp-mesh.svc" });
    await steered.start(registry.url);
    await registered();
    assert.equal(offer().version, "1.0.0");
  });

  it("is read behind what stands before the server, and registered where that is", async () => {
    const [port] = await freePorts(1);
    steered = new Steered();
    await steered.start(registry.url, {
      PORT: String(port),
      MCP_MESH_LOCAL_PORT: String(port),
      MCP_MESH_HTTP_PORT: "8080",
    });
    await registered();
    assert.equal(registry.asked("POST")[0]?.body?.http_port, 8080);
    await steered.until("readiness", () => steered?.isReady() ?? false);
  });

  it("is told to the registry again after it changed", async () => {
    steered = new Steered({ tools: ["wait"] });
    await steered.start(registry.url);
    await registered();
    steered.steer({ tools: ["wait", "walk"] });
    await registered(2);
    const names = offer().tools.map((tool) => tool.function_name);
    assert.deepEqual(names, ["wait", "walk"]);
  });

  it("leaves no trace of the runtime's own question in what is counted", async () => {
    steered = new Steered({});
    await steered.start(registry.url, { SESSIONS: "yes" });
    await registered();
    const metrics = await steered.agent.metrics();
    assert.doesNotMatch(metrics, /^mcp_mesh_messages_total/m);
    assert.match(metrics, /^mcp_mesh_sessions 0$/m);
    assert.doesNotMatch(metrics, /^mcp_mesh_request_duration_seconds_count\{/m);
  });

  it("comes with what the pod says of itself", async () => {
    steered = new Steered({});
    await steered.start(registry.url, {
      MCP_MESH_POD_IP: "10.1.2.3",
      MCP_MESH_ZONE: "zone-b",
      MCP_MESH_WEIGHT: "20",
    });
    await registered();
    const { pod_ip, zone, weight } = registry.asked("POST")[0]?.body ?? {};
    assert.deepEqual({ pod_ip, zone, weight }, { pod_ip: "10.1.2.3", zone: "zone-b", weight: 20 });
  });
});
