import assert from "node:assert/strict";
import { alive } from "#test/conformance/support/alive";
import { examine } from "#test/conformance/support/examine";
import { legacy, modern, needSessions } from "#test/conformance/support/exams";
import { passesAll } from "#test/conformance/support/passes-all";
import { Agent, FakeRegistry, freePorts } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

const script = "examples/reference/src/agent.ts";

const urlOf = ({ port }: Agent) => `http://127.0.0.1:${port}/mcp`;

async function start(runtime: boolean, env: NodeJS.ProcessEnv): Promise<Agent> {
  const agent = await Agent.start({ runtime, script, env });
  await eventually("the reference agent's answer", 20, () => alive(urlOf(agent)));
  return agent;
}

describe("the official conformance suite", function () {
  this.timeout(250_000);
  const agents: Agent[] = [];
  const registry = new FakeRegistry();
  after(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    registry.stop();
  });

  describe("against the reference agent alone", () => {
    let agent: Agent;
    passesAll(
      async () => {
        agents.push((agent = await start(false, { SESSIONS: "on" })));
      },
      (exam) => examine(exam, urlOf(agent)),
    );
  });

  describe("against the reference agent in a mesh", () => {
    let agent: Agent;
    passesAll(
      async () => {
        await registry.start();
        const env = { SESSIONS: "on", MCP_MESH_REGISTRY_URL: registry.url };
        agents.push((agent = await start(true, { ...env, MCP_MESH_AGENT_NAME: "reference" })));
        await eventually("its registration", 20, async () => registry.asked("POST").length > 0);
      },
      (exam) => examine(exam, urlOf(agent)),
    );
  });

  describe("against the reference agent without sessions", () => {
    let agent: Agent;
    before(async () => {
      agents.push((agent = await start(false, {})));
    });
    it("passes 2026-07-28, which has none", async () => {
      const { faults, warnings } = await examine(modern, urlOf(agent));
      assert.deepEqual({ faults, warnings }, { faults: [], warnings: [] });
    });
    it("passes of 2025-11-25 what needs no session, and still fails what does", async () => {
      const { faults } = await examine(legacy, urlOf(agent), { expected: needSessions });
      assert.deepEqual(faults, []);
    });
  });
});

describe("the gate around the official suite", function () {
  this.timeout(250_000);
  it("fails where nobody answers, though the suite counts passes there", async () => {
    const [port] = await freePorts(1);
    const { passes, faults } = await examine(modern, `http://127.0.0.1:${port}/mcp`);
    assert.ok(passes > 20, `the suite now counts ${passes} passes against a dead address`);
    assert.match(faults[0] ?? "", /^nobody answers at /);
    assert.match(faults[1] ?? "", /^the suite ended with 1/);
    const failed = modern.scenarios.filter((name) =>
      faults.some((fault) => fault.startsWith(`${name}: `) || fault === `${name} did not run`),
    );
    assert.deepEqual(failed, modern.scenarios);
  });

  it("fails where the suite runs nothing and ends with 0", async () => {
    const agent = await start(false, {});
    const args = ["--scenario", "ping", "--spec-version", "2026-07-28"];
    const { faults } = await examine({ ...modern, args, scenarios: ["ping"] }, urlOf(agent));
    await agent.stop();
    assert.deepEqual(faults, ["ping did not run"]);
  });

  it("fails where a scenario passes that is expected to fail", async () => {
    const agent = await start(false, {});
    const args = ["--scenario", "tools-list"];
    const exam = { ...modern, args, scenarios: ["tools-list"] };
    const { faults } = await examine(exam, urlOf(agent), { expected: { "tools-list": "a test" } });
    await agent.stop();
    assert.match(faults.join("\n"), /the suite ended with 1/);
    assert.match(faults.join("\n"), /tools-list passes, though it is expected to fail/);
  });
});
