import assert from "node:assert/strict";
import type { DatabaseConfig } from "#services/registry/src/config";
import type { Serving } from "#services/registry/src/serve";
import { Caller, Pods } from "#test/contract/agent-calls-support";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";
import { type Client, startReplica } from "#test/support/registry";

const [A, B, C] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;

describe("Agents in a mesh with a registry", function () {
  this.timeout(240_000);
  let postgres: Postgres;
  let database: DatabaseConfig;
  let registry: Serving & { client: Client };
  let stopRegistry: () => Promise<void>;
  let pods: Pods;
  let caller: Agent;

  /** A pod that joins the mesh, as the chart starts it. */
  const join = (address: string, env: NodeJS.ProcessEnv = {}) =>
    pods.add(address, {
      MCP_MESH_REGISTRY_URL: registry.client.url,
      MCP_MESH_AGENT_NAME: "pods",
      MCP_MESH_POD: `pods-${address.replaceAll(".", "-")}`,
      // Leads nowhere: who gets through has dialled a pod.
      MCP_MESH_HTTP_HOST: "pods.mesh.invalid",
      MCP_MESH_POD_IP: address,
      ...env,
    });
  const known = async () =>
    Object.values(await registry.client.agents()).filter(({ name }) => name === "pods").length;
  /** Through the greeter, whose own text comes back where the echo is not to be had. */
  const greet = async () => {
    const text = await caller.greet("you");
    assert.match(text, /^127\./);
    return text;
  };
  const reaches = (what: string, ...addresses: string[]) =>
    eventually(what, 60, async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => caller.greet("you")));
      return addresses.sort().join() === [...new Set(answers)].sort().join();
    });

  before(async function () {
    const started = await Postgres.start();
    if (!started) return this.skip();
    postgres = started;
  });
  beforeEach(async () => {
    database = await postgres.createDatabase();
    registry = await startReplica(database);
    let stopped: Promise<void> | undefined;
    stopRegistry = () => {
      stopped ??= registry.stop();
      return stopped;
    };
    // A runtime asks its agent at the pod's own loopback address. These pods share one.
    pods = await Pods.start("127.0.0.1");
    const env = { MCP_MESH_REGISTRY_URL: registry.client.url };
    caller = await Agent.start({ runtime: true, env });
  });
  afterEach(async () => {
    await caller?.stop("SIGKILL");
    await pods?.stopAll();
    await stopRegistry?.();
  });
  after(() => postgres?.remove());

  it("call each other's pods as they come, and no pod that has left", async () => {
    await join(A);
    await reaches("the first pod", A);
    await join(B);
    await reaches("the second pod, too", A, B);
    await pods.stop(A, "SIGTERM");
    assert.equal(await known(), 1);
    await reaches("the second pod alone", B);
  });

  it("lose no call when a pod is killed, or told to stop", async () => {
    await Promise.all([join(A), join(B), join(C)]);
    await reaches("all pods", A, B, C);
    let calls = 0;
    let over = false;
    const callers = Array.from({ length: 3 }, async () => {
      for (; !over; calls++) await greet();
    });
    await eventually("calls", 60, async () => calls > 20);
    await pods.stop(A, "SIGKILL");
    const killed = calls;
    await eventually("calls after the kill", 60, async () => calls > killed + 20);
    await pods.stop(B, "SIGTERM");
    const stopped = calls;
    await eventually("calls after the stop", 60, async () => calls > stopped + 20);
    over = true;
    await Promise.all(callers);
    assert.equal(await greet(), C);
  });

  it("go on with the pods that they know while the registry is away", async () => {
    await Promise.all([join(A), join(B)]);
    await reaches("both pods", A, B);
    await stopRegistry();
    for (let call = 0; call < 5; call++) await greet();
    await pods.stop(A);
    for (let call = 0; call < 5; call++) assert.equal(await greet(), B);
  });

  it("give a pod of weight 0 no calls while there is another", async () => {
    await Promise.all([join(A, { MCP_MESH_WEIGHT: "0" }), join(B)]);
    await eventually("both registrations", 60, async () => (await known()) === 2);
    await reaches("the other pod", B);
    const [before] = await pods.calls(A);
    for (let call = 0; call < 10; call++) assert.equal(await greet(), B);
    assert.deepEqual(await pods.calls(A), [before]);
  });
});

describe("A call of an agent", function () {
  this.timeout(60_000);
  for (const [era, legacy] of Object.entries({ "2026-07-28 alone": "no", "both eras": "yes" })) {
    it(`that speaks ${era} is answered`, async () => {
      const registry = await new FakeRegistry().start();
      const agent = await Agent.start({
        runtime: true,
        script: "test/fixtures/two-eras-agent.ts",
        env: { MCP_MESH_REGISTRY_URL: registry.url, LEGACY: legacy },
      });
      const caller = new Caller();
      try {
        await eventually("readiness", 60, async () => (await agent.probe("/ready")) === 200);
        const endpoint = `http://127.0.0.1:${agent.port}`;
        caller.wire({ capability: "adding", function_name: "add", endpoint });
        const { dependencies } = caller;
        const result = await dependencies.call({ capability: "adding" }, { a: 2, b: 3 }, {});
        assert.deepEqual(result.content, [{ type: "text", text: "5" }]);
        assert.match(
          await agent.metrics(),
          /^mcp_mesh_messages_total\{method="tools\/call",era="2026-07-28"\} 1$/m,
        );
      } finally {
        caller.dependencies.close();
        await agent.stop("SIGKILL");
        registry.stop();
      }
    });
  }
});
