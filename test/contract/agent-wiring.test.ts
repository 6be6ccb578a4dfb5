import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, EchoServer, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

describe("An agent's dependency", () => {
  let registry: FakeRegistry;
  let echo: EchoServer;
  let agent: Agent;

  const start = async (env: NodeJS.ProcessEnv = {}) => {
    agent = await Agent.start({
      runtime: true,
      env: { MCP_MESH_REGISTRY_URL: registry.url, ...env },
    });
    await eventually("readiness", 15, async () => (await agent.probe("/ready")) === 200);
  };

  beforeEach(async () => {
    echo = await new EchoServer().start();
    registry = await new FakeRegistry().start();
    registry.wiring = echo.wiring;
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    registry.stop();
    echo.stop();
  });

  it("is called where the registry's wiring says", async () => {
    await start();
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    assert.equal(echo.calls, 1);
    assert.match(
      await agent.metrics(),
      /^mcp_mesh_dependency_call_duration_seconds_count\{capability="echo",outcome="ok"\} 1$/m,
    );
  });

  it("keeps its wiring while the registry is away", async () => {
    await start();
    registry.stop();
    const failed = /^mcp_mesh_heartbeats_total\{outcome="failed"\} [1-9]/m;
    await eventually("a failed heartbeat", 15, async () => failed.test(await agent.metrics()));
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    assert.equal(await agent.probe("/ready"), 200);
  });

  it("is gone when the registry says so, and the agent goes on without it", async () => {
    await start();
    registry.wiring = {
      greet: [
        {
          capability: "echo",
          agent_id: "",
          endpoint: "",
          function_name: "",
          status: "unavailable",
        },
      ],
    };
    registry.statuses.HEAD = [202, 200];
    await eventually("a greeting without it", 15, async () => {
      return (await agent.greet("you")) === "Hello, you!";
    });
  });

  it("is called again on a new session after its server lost the old one", async () => {
    await start();
    await agent.greet("you");
    echo.forget();
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    assert.equal(echo.calls, 2);
  });

  it("is unavailable, not an error, when nobody listens at its endpoint", async () => {
    await start();
    echo.stop();
    assert.equal(await agent.greet("you"), "Hello, you!");
  });

  it("is called with what the agent made of its own configuration", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-config-"));
    try {
      writeFileSync(join(folder, "config.json"), JSON.stringify({ greeting: "Good morning" }));
      await start({ MCP_MESH_CONFIG: join(folder, "config.json") });
      assert.equal(await agent.greet("you"), "Echo: Good morning, you!");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("An agent that is told to stop", () => {
  let registry: FakeRegistry;
  let echo: EchoServer;
  let agent: Agent;

  before(async () => {
    echo = await new EchoServer().start();
    registry = await new FakeRegistry().start();
    registry.wiring = echo.wiring;
    const env = { MCP_MESH_REGISTRY_URL: registry.url };
    agent = await Agent.start({ runtime: true, env });
    await eventually("readiness", 15, async () => (await agent.probe("/ready")) === 200);
  });
  after(async () => {
    await agent.stop("SIGKILL");
    registry.stop();
    echo.stop();
  });

  it("turns unready, unregisters, finishes its calls, and ends with code 0", async () => {
    let open = () => {};
    echo.gate = new Promise((resolve) => {
      open = resolve;
    });
    const call = agent.greet("you");
    await eventually("the call in flight", 15, async () => echo.calls === 1);

    const stopped = agent.stop();
    await eventually("the end of readiness", 15, async () => (await agent.probe("/ready")) === 503);
    await eventually("the unregistration", 15, async () => registry.asked("DELETE").length === 1);
    assert.equal(registry.asked("DELETE")[0]?.path, "/agents/greeter-7d9c5b6f4-x2x4z");
    assert.equal(agent.child.exitCode, null, "the call is still in flight");

    open();
    assert.equal(await call, "Echo: Hello, you!");
    assert.equal(await stopped, 0);
    const last = registry.exchanges.at(-1);
    assert.equal(last?.method, "DELETE", "no heartbeat after the unregistration");
  });
});
