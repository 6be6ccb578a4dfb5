import assert from "node:assert/strict";
import type { Agent, Mesh, Wire } from "#services/dashboard/src/mesh";
import { matches, sorted } from "#services/dashboard/src/page/agents/filter";
import { figuresOf, groupsOf, serviceOf } from "#services/dashboard/src/page/agents/groups";
import { hashOf, routeOf } from "#services/dashboard/src/page/data/route";
import { graphOf } from "#services/dashboard/src/page/graph/model";
import { ago, format } from "#services/dashboard/src/page/text/format";

const agentOf = (id: string, more: Partial<Agent> = {}): Agent => ({
  ...{ id, name: id, namespace: "default", mode: "mesh", status: "healthy" },
  ...{ type: "mcp_agent", runtime: "typescript", version: "1.0.0", description: "" },
  ...{ endpoint: `http://${id}:8080`, tools: [], ...more },
});
const wireOf = (from: string, to: string | undefined, capability = to ?? "lost"): Wire => ({
  ...{ from, to, capability },
  ...{ tool: "run", tags: [] },
});

describe("what the dashboard makes of a mesh", () => {
  const mesh: Mesh = {
    agents: [
      agentOf("greeter-1", { name: "greeter", lastHeartbeat: "2026-09-01T00:00:01.000Z" }),
      agentOf("greeter-2", { name: "greeter", status: "unhealthy", version: "1.1.0" }),
      agentOf("echo", { mode: "vanilla" }),
      agentOf("other"),
    ],
    wiring: [
      wireOf("greeter-1", "echo", "echo"),
      wireOf("greeter-1", "echo", "shout"),
      wireOf("greeter-1", "echo", "weather"),
      wireOf("greeter-2", undefined, "weather"),
    ],
  };
  const groups = groupsOf(mesh);
  const named = (name: string) => {
    const group = groups.find((one) => one.name === name);
    assert.ok(group);
    return group;
  };

  it("takes the replicas of an agent for one, as healthy as all of them", () => {
    const { replicas, state, versions, heartbeat } = named("greeter");
    assert.deepEqual([replicas.length, state], [2, "degraded"]);
    assert.deepEqual(versions, ["1.0.0", "1.1.0"]);
    assert.equal(heartbeat, Date.parse("2026-09-01T00:00:01.000Z"));
    assert.equal(named("echo").heartbeat, undefined);
  });

  it("counts what several replicas need once, and resolved only if it is so for all", () => {
    const { needs, resolved } = named("greeter");
    assert.deepEqual(needs.map(({ capability }) => capability).toSorted(), [
      "echo",
      "shout",
      "weather",
    ]);
    assert.equal(resolved, 2);
  });

  it("draws several wires between two agents as one link, and what nobody offers as a box", () => {
    const { links, missing } = graphOf(mesh);
    assert.deepEqual(
      links.map(({ to, capabilities, resolved }) => [to, capabilities, resolved]),
      [
        ["default/echo", ["echo", "shout", "weather"], true],
        ["missing:default/weather", ["weather"], false],
      ],
    );
    assert.deepEqual(
      missing.map(({ name }) => name),
      ["weather"],
    );
  });

  it("finds the healthy without the unhealthy, and who lacks something", () => {
    const found = (filter: string) =>
      groups.filter((group) => matches(group, filter)).map(({ name }) => name);
    assert.deepEqual(found("healthy"), ["echo", "other"]);
    assert.deepEqual(found("unhealthy"), ["greeter"]);
    assert.deepEqual(found("unresolved"), ["greeter"]);
    assert.deepEqual(found("WIRED echo"), ["greeter"]);
    assert.deepEqual(found("greeter-2"), ["greeter"]);
    assert.deepEqual(found("  "), ["echo", "greeter", "other"]);
  });

  it("sorts what is worth a look to the top", () => {
    const calls = { echo: 1, other: 5 };
    const figures = {
      echo: { callsPerSecond: calls.echo },
      other: { callsPerSecond: calls.other },
    };
    const order = (by: Parameters<typeof sorted>[1]) =>
      sorted(groups, by, (group) => figuresOf(figures, group)).map(({ name }) => name);
    assert.deepEqual(order("state"), ["greeter", "echo", "other"]);
    assert.deepEqual(order("calls"), ["other", "echo", "greeter"]);
    assert.deepEqual(order("heartbeat"), ["greeter", "echo", "other"]);
  });

  it("knows a workload by the first part of its endpoint's name", () => {
    const endpoints = ["http://orders.shop.svc:8080/mcp", "http://10.0.0.7:8080", "no address", ""];
    const services = endpoints.map((endpoint) => serviceOf(agentOf("a", { endpoint })));
    assert.deepEqual(services, ["orders", "a", "a", "a"]);
  });
});

describe("what the dashboard writes", () => {
  it("says ages in the largest unit that fits", () => {
    const said = [-5, 1, 5, 119, 120, 7_199, 7_200, 172_800].map((seconds) => ago(seconds * 1000));
    assert.deepEqual(said, [
      ...["now", "now", "5 s ago", "119 s ago", "2 min ago", "119 min ago", "2 h ago"],
      "2 days ago",
    ]);
  });

  it("gives figures their unit, and three digits at most", () => {
    const said = [
      format("perSecond", 12.345),
      format("perSecond", 0.0312),
      format("ratio", 0.0421),
      format("ratio", 0),
      format("seconds", 0.00042),
      format("seconds", 0.118),
      format("seconds", 6.4),
      format("seconds", 240),
      format("bytes", 240 << 20),
      format("bytes", 512),
      format("count", 12_345),
      format("cores", 0.25),
      format("count", null),
      format("count", undefined),
    ];
    assert.deepEqual(said, [
      ...["12.3/s", "0.031/s", "4.21 %", "0 %", "420 µs", "118 ms", "6.4 s", "4 min"],
      ...["240 MiB", "512 B", "12.3K", "0.25 cores", "–", "–"],
    ]);
  });

  it("leads an address back to the view and the agent that made it, and a strange one to the overview", () => {
    const routes = [
      { view: "graph", agent: "default/a & b?" },
      { view: "alerts", agent: undefined },
    ] as const;
    for (const route of routes) assert.deepEqual(routeOf(hashOf(route)), route);
    assert.equal(routeOf("#/nothing").view, "overview");
    assert.equal(routeOf("").view, "overview");
  });
});
