import assert from "node:assert/strict";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

describe("An agent in a mesh", () => {
  let registry: FakeRegistry;
  let agent: Agent;

  const start = async (env: NodeJS.ProcessEnv = {}) => {
    agent = await Agent.start({
      runtime: true,
      env: { MCP_MESH_REGISTRY_URL: registry.url, ...env },
    });
  };
  const until = (what: string, question: () => boolean) =>
    eventually(what, 15, async () => question()).catch((error) => {
      throw new Error(`${error.message}\n${agent.log}`);
    });

  beforeEach(async () => {
    registry = await new FakeRegistry().start();
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    registry.stop();
  });

  it("registers what it offers and needs, in the shape of MCP Mesh 3.x", async () => {
    await start();
    await until("a registration", () => registry.asked("POST").length > 0);
    const { path, body } = registry.asked("POST")[0] ?? {};
    assert.equal(path, "/heartbeat");
    assert.match(String(body?.agent_id), /^greeter-[A-Za-z0-9_-]{1,56}$/);
    const { timestamp, tools, ...rest } = body as { timestamp: string; tools: object[] };
    assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
    assert.deepEqual(rest, {
      agent_id: "greeter-7d9c5b6f4-x2x4z",
      agent_type: "mcp_agent",
      runtime: "typescript",
      name: "greeter",
      version: "0.1.0",
      namespace: "mcp-mesh",
      http_host: "greeter.mcp-mesh.svc",
      http_port: agent.port,
      status: "healthy",
    });
    assert.equal(tools.length, 1);
    const { inputSchema, ...tool } = tools[0] as { inputSchema: { required: string[] } };
    assert.deepEqual(inputSchema.required, ["name"]);
    assert.deepEqual(tool, {
      function_name: "greet",
      capability: "greeting",
      version: "1.0.0",
      tags: ["text"],
      description: "Greets somebody by name",
      idempotent: true,
      dependencies: [{ capability: "echo" }],
    });
  });

  it("sends short heartbeats once it is registered", async () => {
    await start();
    await until("heartbeats", () => registry.asked("HEAD").length >= 3);
    assert.equal(registry.asked("POST").length, 1);
    assert.equal(registry.asked("HEAD")[0]?.path, "/heartbeat/greeter-7d9c5b6f4-x2x4z");
  });

  for (const [status, meaning] of [
    [202, "its wiring changed"],
    [410, "it is unknown"],
  ] as const) {
    it(`registers again when a heartbeat says that ${meaning} (${status})`, async () => {
      registry.statuses.HEAD = [200, status, 200];
      await start();
      await until("a second registration", () => registry.asked("POST").length === 2);
      await until("heartbeats after it", () => registry.asked("HEAD").length >= 4);
      const verbs = registry.exchanges.slice(0, 5).map((exchange) => exchange.method);
      assert.deepEqual(verbs, ["POST", "HEAD", "HEAD", "POST", "HEAD"]);
    });
  }

  it("backs off while the registry says 503, then goes on without a new registration", async () => {
    registry.statuses.HEAD = [503, 503, 200];
    await start();
    await until("heartbeats", () => registry.asked("HEAD").length >= 4);
    const [first, second, third] = registry.asked("HEAD").map((exchange) => exchange.at);
    assert.ok(Number(second) - Number(first) >= 490, "the first pause is half a second or more");
    assert.ok(Number(third) - Number(second) >= 990, "the second pause is a second or more");
    assert.equal(registry.asked("POST").length, 1);
  });

  it("serves and is ready while the registry cannot be reached, and joins when it can", async () => {
    registry.stop();
    await start();
    await eventually("readiness", 15, async () => (await agent.probe("/ready")) === 200);
    assert.equal(await agent.greet("you"), "Hello, you!");
    await registry.start();
    await until("a registration", () => registry.asked("POST").length === 1);
  });

  it("is not started and not ready before the agent itself answers, but lives", async () => {
    await start({ MCP_MESH_HTTP_PORT: "1" });
    await eventually("the probes", 15, async () => (await agent.probe("/livez")) === 200);
    assert.equal(await agent.probe("/startupz"), 503);
    assert.equal(await agent.probe("/ready"), 503);
    assert.equal(registry.exchanges.length, 0);
  });

  it("shows its heartbeats and its calls as metrics", async () => {
    await start();
    await until("heartbeats", () => registry.asked("HEAD").length >= 2);
    await agent.greet("you");
    const metrics = await agent.metrics();
    assert.match(metrics, /^mcp_mesh_registered 1$/m);
    assert.match(metrics, /^mcp_mesh_heartbeats_total\{outcome="registered"\} 1$/m);
    assert.match(metrics, /^mcp_mesh_dependency_available\{capability="echo"\} 0$/m);
    assert.match(metrics, /^mcp_mesh_request_duration_seconds_count\{code="200"\} [1-9]/m);
    assert.match(metrics, /^process_resident_memory_bytes \d+$/m);
  });

  it("refuses a setting that it cannot use, naming the variable", async () => {
    await start({ MCP_MESH_HTTP_PORT: "eighty" });
    await until("its end", () => agent.child.exitCode !== null);
    assert.equal(agent.child.exitCode, 1);
    assert.match(agent.log, /MCP_MESH_HTTP_PORT is "eighty", but must be a whole number/);
  });
});
