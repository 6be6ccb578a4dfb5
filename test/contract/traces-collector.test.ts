import assert from "node:assert/strict";
import { Agent, EchoServer, FakeRegistry, freePorts } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { Collector } from "#test/support/otlp";

describe("An agent whose traces", function () {
  this.timeout(60_000);
  let registry: FakeRegistry;
  let echo: EchoServer;
  let collector: Collector;
  let agent: Agent;

  beforeEach(async () => {
    echo = await new EchoServer().start();
    registry = await new FakeRegistry().start();
    registry.wiring = echo.wiring;
    collector = await new Collector().start();
  });
  afterEach(async () => {
    await agent.stop("SIGKILL");
    registry.stop();
    echo.stop();
    collector.stop();
  });

  const start = async (endpoint: string, env: NodeJS.ProcessEnv = {}) => {
    agent = await Agent.start({
      runtime: true,
      env: {
        MCP_MESH_REGISTRY_URL: registry.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_BSP_SCHEDULE_DELAY: "50",
        ...env,
      },
    });
    await eventually("readiness", 30, async () => (await agent.probe("/ready")) === 200);
  };
  const warnings = () => agent.log.split("\n").filter((line) => line.includes('"traces cannot'));
  const stopsWithin = async (ms: number) => {
    const asked = Date.now();
    assert.equal(await agent.stop(), 0);
    const took = Date.now() - asked;
    assert.ok(took < ms, `it took ${took} ms to stop`);
  };

  it("are refused serves as ever, and says so once until they are taken again", async () => {
    collector.status = 400;
    await start(collector.url);
    for (let i = 0; i < 3; i++) {
      const before = collector.requests;
      assert.equal(await agent.greet("you"), "Echo: Hello, you!");
      await eventually("an attempt", 10, async () => collector.requests > before);
    }
    await eventually("a warning", 10, async () => warnings().length > 0);
    collector.status = 200;
    await agent.greet("you");
    await eventually("the end of it", 10, async () => agent.log.includes("delivered again"));
    assert.equal(warnings().length, 1);
  });

  it("find no collector serves as ever, and ends in time", async () => {
    const [nobody] = await freePorts(1);
    await start(`http://127.0.0.1:${nobody}`);
    for (let i = 0; i < 5; i++) assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    await stopsWithin(8_000);
  });

  it("find a collector that does not answer serves as ever, and ends in time", async () => {
    let open = () => {};
    collector.gate = new Promise((resolve) => {
      open = resolve;
    });
    await start(collector.url);
    for (let i = 0; i < 5; i++) assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    await eventually("an attempt", 10, async () => collector.requests > 0);
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    await stopsWithin(8_000);
    open();
  });

  it("still wait to be sent when it is told to stop sends them before it ends", async () => {
    await start(collector.url, { OTEL_BSP_SCHEDULE_DELAY: "3600000" });
    await agent.greet("you");
    assert.deepEqual(collector.spans, []);
    await stopsWithin(8_000);
    assert.equal(collector.named("tools/call greet", "server").length, 1);
    assert.equal(collector.named("tools/call echo", "client").length, 1);
  });

  it("are sampled at zero sends nothing, and tells others that it did not", async () => {
    const sampler = {
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0",
    };
    await start(collector.url, sampler);
    assert.equal(await agent.greet("you"), "Echo: Hello, you!");
    assert.match(echo.meta[0]?.traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    await stopsWithin(8_000);
    assert.equal(collector.requests, 0);
  });

  it("cannot be sent anywhere refuses to start, naming the variable", async () => {
    agent = await Agent.start({
      runtime: true,
      env: { MCP_MESH_REGISTRY_URL: registry.url, OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" },
    });
    await eventually("its end", 15, async () => agent.child.exitCode !== null);
    assert.match(agent.log, /OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4318", but must be a URL/);
  });
});
