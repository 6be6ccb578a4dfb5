import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

describe("An agent that is bundled with its runtime into one file", () => {
  let folder: string;
  let registry: FakeRegistry;
  let agent: Agent;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-bundle-"));
    const entry = join(projectRoot, "test/fixtures/bundled-agent.ts");
    const bundle = join(projectRoot, "images/bundle.mjs");
    execFileSync(process.execPath, [bundle, `${join(folder, "agent.mjs")}=${entry}`]);
  });
  beforeEach(async () => {
    registry = await new FakeRegistry().start();
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    registry.stop();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (runtime: boolean, env: NodeJS.ProcessEnv) => {
    const script = relative(projectRoot, join(folder, "agent.mjs"));
    agent = await Agent.start({ runtime, script, env });
    await eventually("a greeting", 20, async () => (await agent.greet("you")) === "Hello, you!");
  };
  const ready = () =>
    eventually("readiness", 20, async () => (await agent.probe("/ready")) === 200).catch(
      (error) => {
        throw new Error(`${error.message}\n${agent.log}`);
      },
    );

  it("joins the mesh, and leaves it in order", async () => {
    await start(false, { MCP_MESH_REGISTRY_URL: registry.url });
    await ready();
    assert.equal(await agent.stop(), 0);
    assert.equal(registry.exchanges.at(-1)?.method, "DELETE");
  });

  it("joins once when the runtime is attached from outside, too", async () => {
    await start(true, { MCP_MESH_REGISTRY_URL: registry.url });
    await ready();
    assert.equal(registry.asked("POST").length, 1);
  });

  it("is a plain server where no registry is named", async () => {
    await start(false, {});
    assert.equal(await agent.probe("/livez"), undefined);
    assert.equal(agent.log.trim().split("\n").length, 1, agent.log);
  });
});
