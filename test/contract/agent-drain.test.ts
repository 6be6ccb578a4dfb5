import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent as KeepAlive, request } from "node:http";
import { Steered } from "#test/contract/agent-steered";
import { FakeRegistry } from "#test/contract/agent-support";

/** Posts a call of `wait` over a given agent's connections, and gives the answer's headers at once. */
function waitOver(
  port: number,
  agent: KeepAlive,
  open: () => void,
): Promise<Record<string, unknown>> {
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait"}}';
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    const options = { port, host: "127.0.0.1", path: "/mcp", method: "POST", agent, headers };
    const call = request(options, (response) => {
      open();
      response
        .resume()
        .on("end", () => resolve(response.headers))
        .on("error", reject);
    });
    call.on("error", reject).end(body);
  });
}

describe("An agent that is told to stop while it works", () => {
  let registry: FakeRegistry;
  let steered: Steered;

  const start = async (env: NodeJS.ProcessEnv = {}, open = false) => {
    steered = new Steered({ open });
    await steered.start(registry.url, env);
    await steered.until("readiness", () => steered.isReady());
  };
  const inFlight = (calls: number) =>
    steered.until(`${calls} calls in flight`, async () =>
      (await steered.agent.metrics()).includes(`mcp_mesh_requests_in_flight ${calls}\n`),
    );
  const left = () => steered.until("its leaving", () => registry.asked("DELETE").length === 1);

  beforeEach(async () => {
    registry = await new FakeRegistry().start();
  });
  afterEach(async () => {
    await steered.remove();
    registry.stop();
  });

  it("goes on to answer those that do not know yet, and ends their connections by its answers", async () => {
    // They learn of it within one of their heartbeats.
    await start({ MCP_MESH_HEALTH_INTERVAL: "5" });
    const kept = new KeepAlive({ keepAlive: true });
    const first = steered.wait();
    await inFlight(1);
    const stopped = steered.agent.stop();
    await left();
    assert.equal(await steered.agent.probe("/ready"), 503);
    assert.match(await steered.agent.metrics(), /^mcp_mesh_draining 1$/m);
    const headers = await waitOver(steered.agent.port, kept, () => steered.steer({ open: true }));
    assert.equal(headers.connection, "close");
    assert.match(await (await first).text(), /done/);
    assert.equal(await stopped, 0);
    assert.match(steered.agent.log, /"calls_cut_off":0/);
    kept.destroy();
  });

  it("cuts off what is not done by the end of MCP_MESH_DRAIN_SECONDS, and ends with code 0", async () => {
    await start({ MCP_MESH_DRAIN_SECONDS: "1" });
    const call = steered.wait().then((response) => response.text());
    const cut = assert.rejects(call);
    await inFlight(1);
    const began = performance.now();
    assert.equal(await steered.agent.stop(), 0);
    assert.ok(performance.now() - began > 900);
    await cut;
    assert.match(steered.agent.log, /"calls_cut_off":1/);
  });

  it("ends at once at a second signal", async () => {
    await start();
    const cut = assert.rejects(steered.wait().then((response) => response.text()));
    await inFlight(1);
    steered.agent.child.kill("SIGTERM");
    await left();
    assert.equal(await steered.agent.stop("SIGTERM"), 143);
    await cut;
  });

  it("ends streams of notifications in order, which do not keep it", async () => {
    await start({ SESSIONS: "yes" }, true);
    const { stream } = await steered.listen();
    assert.equal(stream.status, 200);
    const metrics = await steered.agent.metrics();
    assert.match(metrics, /^mcp_mesh_streams 1$/m);
    assert.match(metrics, /^mcp_mesh_requests_in_flight 0$/m);
    const end = stream.text();
    assert.equal(await steered.agent.stop(), 0);
    // A reset would reject.
    assert.equal(typeof (await end), "string");
  });

  it("runs the agent's own handlers when all that is done", async () => {
    await start({ FAREWELL: "yes" });
    const call = steered.wait();
    await inFlight(1);
    const stopped = steered.agent.stop();
    await left();
    assert.doesNotMatch(steered.agent.log, /own handler/);
    steered.steer({ open: true });
    await (await call).text();
    assert.equal(await stopped, 0);
    assert.match(steered.agent.log, /"msg":"stopped"[\s\S]*the agent's own handler/);
  });

  it("ends within the five seconds after its drain that a pod has, whatever hangs", async () => {
    await start({ SESSIONS: "yes", FAREWELL: "never", MCP_MESH_DRAIN_SECONDS: "2" }, true);
    const { stream, session } = await steered.listen();
    steered.steer({ open: false });
    const cut = assert.rejects(steered.wait(session).then((response) => response.text()));
    await inFlight(1);
    registry.hang();
    const began = performance.now();
    assert.equal(await steered.agent.stop(), 0);
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds < 7, `it took ${seconds} s`);
    assert.match(steered.agent.log, /own handler/);
    await Promise.all([cut, stream.text()]);
  });

  it("does all that as process 1 of a container, too", async function () {
    const alone = ["unshare", "--pid", "--fork", "--kill-child"];
    if (spawnSync(alone[0] ?? "", [...alone.slice(1), "true"]).status !== 0) {
      console.log("    this machine lets nobody unshare process ids");
      return this.skip();
    }
    steered = new Steered();
    await steered.start(registry.url, { FAREWELL: "yes" }, alone);
    await steered.until("readiness", () => steered.isReady());
    const { child } = steered.agent;
    const inside = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
    assert.match(readFileSync(`/proc/${inside.trim()}/status`, "utf8"), /^NSpid:\t\d+\t1$/m);
    const call = steered.wait();
    await inFlight(1);
    const exit = once(child, "exit");
    process.kill(Number(inside), "SIGTERM");
    await left();
    steered.steer({ open: true });
    assert.match(await (await call).text(), /done/);
    assert.deepEqual(await exit, [0, null]);
  });

  it("leaves the registry before it ends, even while a health check hangs", async () => {
    steered = new Steered();
    await steered.start(registry.url, { CHECKED: "yes" });
    await steered.until("readiness", () => steered.isReady());
    steered.steer({ health: "hang" });
    await steered.until("a check that hangs", async () => !(await steered.isReady()));
    assert.equal(await steered.agent.stop(), 0);
    assert.equal(registry.exchanges.at(-1)?.method, "DELETE");
  });

  it("leaves in time when the registry does not answer", async () => {
    await start();
    registry.hang();
    const began = performance.now();
    assert.equal(await steered.agent.stop(), 0);
    assert.ok(performance.now() - began < 10_000);
  });
});
