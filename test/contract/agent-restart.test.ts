import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, EchoServer, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

describe("An agent that restarts while its registry is away", () => {
  let registry: FakeRegistry;
  let echo: EchoServer;
  let agent: Agent;
  let state: string;

  const start = async (env: NodeJS.ProcessEnv = {}) => {
    agent = await Agent.start({
      runtime: true,
      env: { MCP_MESH_REGISTRY_URL: registry.url, MCP_MESH_STATE_DIR: state, ...env },
    });
    await eventually("readiness", 20, async () => (await agent.probe("/ready")) === 200).catch(
      (error) => {
        throw new Error(`${error.message}\n${agent.log}`);
      },
    );
  };
  const files = () =>
    readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.endsWith(".wiring.json"))
      .map((entry) => join(entry.parentPath, entry.name));
  /** Has run beside a registry once, and was killed. */
  const ranBefore = async () => {
    await start();
    await eventually("the file", 10, async () => files().length === 1);
    await agent.stop("SIGKILL");
    registry.stop();
  };

  beforeEach(async () => {
    state = mkdtempSync(join(tmpdir(), "mcp-mesh-state-"));
    echo = await new EchoServer().start();
    registry = await new FakeRegistry().start();
    registry.wiring = echo.wiring;
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    registry.stop();
    echo.stop();
    rmSync(state, { recursive: true });
  });

  it("goes on with the wiring that it had, and takes what the registry says when it is back", async () => {
    await ranBefore();
    await start();
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    registry.wiring = {};
    await registry.start();
    await eventually("a greeting without it", 30, async () => {
      return (await agent.greet("you")) === "Hello, you!";
    });
  });

  it("keeps it where only its own user can write, one file for each replica", async () => {
    await ranBefore();
    const [file = ""] = files();
    assert.match(file, /greeter-7d9c5b6f4-x2x4z\.wiring\.json$/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(file, "..")).mode & 0o777, 0o700);
  });

  for (const [what, change] of [
    ["cut short", (text: string) => text.slice(0, -10)],
    ["too large", (text: string) => text + " ".repeat(2 << 20)],
    ["another replica's", (text: string) => text.replace("x2x4z", "abcde")],
    ["no wiring", (text: string) => text.replace(/"resolved":.*/, '"resolved":{"greet":[7]}}')],
  ] as const) {
    it(`starts without it where the file is ${what}`, async () => {
      await ranBefore();
      const [file = ""] = files();
      writeFileSync(file, change(readFileSync(file, "utf8")));
      await start();
      assert.equal(await agent.greet("you"), "Hello, you!");
      assert.match(agent.log, /the kept wiring is of no use/);
    });
  }

  it("starts without it where the folder cannot be written", async () => {
    await start({ MCP_MESH_STATE_DIR: "/nowhere" });
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    assert.match(agent.log, /the wiring is not kept for a restart/);
  });

  it("keeps nothing without MCP_MESH_POD: its next process would be another replica", async () => {
    await start({ MCP_MESH_POD: "" });
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    assert.deepEqual(files(), []);
  });
});
