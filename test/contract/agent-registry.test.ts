import assert from "node:assert/strict";
import type { Serving } from "#services/registry/src/serve";
import { Steered } from "#test/contract/agent-steered";
import { Agent } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { type Client, startReplica } from "#test/support/registry";

const ID = "greeter-7d9c5b6f4-x2x4z";
const PROVIDER = "steered-5c8d7f6b9-k4k4k";

describe("An agent beside the real registry", function () {
  this.timeout(180_000);
  let postgres: Postgres | undefined;
  let replica: (Serving & { client: Client }) | undefined;
  let greeter: Agent | undefined;
  let provider: Steered;

  before(async function () {
    postgres = await Postgres.start();
    if (!postgres) return this.skip();
    replica = await startReplica(await postgres.createDatabase());
  });
  after(async () => {
    await greeter?.stop("SIGKILL");
    await provider?.remove();
    await replica?.stop();
    await postgres?.remove();
  });

  const status = async (id: string) => (await replica?.client.agents())?.[id]?.status;
  const isThere = (id: string) =>
    eventually(`${id} is there`, 30, async () => (await status(id)) === "healthy");
  const isGone = (id: string) =>
    eventually(`${id} is gone`, 30, async () => (await status(id)) !== "healthy");
  const wired = async () =>
    /^mcp_mesh_dependency_available\{capability="echo"\} 1$/m.test(
      (await greeter?.metrics()) ?? "",
    );

  it("joins it, is wired, leaves it when a check fails, returns, and leaves it for good", async () => {
    const registry = replica?.client.url ?? "";
    provider = new Steered({ tools: ["echo"], open: true });
    await provider.start(registry, {
      CHECKED: "yes",
      MCP_MESH_POD: PROVIDER,
      MCP_MESH_AGENT_NAME: "steered",
      MCP_MESH_HTTP_HOST: "127.0.0.1",
      MCP_MESH_POD_IP: "127.0.0.1",
      MCP_MESH_ZONE: "zone-a",
    });
    await isThere(PROVIDER);
    greeter = await Agent.start({ runtime: true, env: { MCP_MESH_REGISTRY_URL: registry } });
    await isThere(ID);
    await eventually("the greeter is wired", 30, wired);
    assert.equal(await greeter.greet("you"), "done");

    provider.steer({ tools: ["echo"], open: true, health: "no database" });
    await isGone(PROVIDER);
    await eventually("the greeter lets go of it", 30, async () => !(await wired()));
    assert.equal(await greeter.greet("you"), "Hello, you!");

    provider.steer({ tools: ["echo"], open: true });
    await isThere(PROVIDER);
    await eventually("the greeter is wired again", 30, wired);

    assert.equal(await provider.agent.stop(), 0);
    assert.equal(await status(PROVIDER), undefined, "it has left before it ended");
    await eventually("the greeter lets go of it", 30, async () => !(await wired()));
  });

  it("goes on while the registry has no database, and is heard again when it has", async () => {
    await postgres?.stop();
    await eventually("failed heartbeats", 30, async () =>
      /^mcp_mesh_heartbeats_total\{outcome="failed"\} [2-9]/m.test(
        (await greeter?.metrics()) ?? "",
      ),
    );
    assert.equal(await greeter?.probe("/ready"), 200);
    await postgres?.resume();
    await isThere(ID);
    await eventually("a heartbeat that counts", 60, async () =>
      /^mcp_mesh_registered 1$/m.test((await greeter?.metrics()) ?? ""),
    );
  });
});
