import assert from "node:assert/strict";
import fc from "fast-check";
import type { Agent, Mesh, Wire } from "#services/dashboard/src/mesh";
import { BOX_HEIGHT, layoutOf } from "#services/dashboard/src/page/layout";
import {
  agentMatches,
  ago,
  graphOf,
  matchingAgents,
  statusOf,
} from "#services/dashboard/src/page/model";

const agentOf = (id: string, more: Partial<Agent> = {}): Agent => ({
  id,
  name: id,
  namespace: "default",
  mode: "mesh",
  status: "healthy",
  type: "mcp_agent",
  runtime: "typescript",
  version: "1.0.0",
  description: "",
  endpoint: `http://${id}:8080`,
  tools: [],
  ...more,
});
const wireOf = (from: string, to: string | undefined, capability = to ?? "lost"): Wire => ({
  ...{ from, to, capability },
  ...{ tool: "run", tags: [] },
});
const whole = (mesh: Mesh) => graphOf(mesh, matchingAgents(mesh, ""));

/** Any mesh at all: circles, agents that need themselves, and what nobody offers. */
const meshes = fc.integer({ min: 1, max: 60 }).chain((count) => {
  const id = fc.nat(count - 1).map((index) => `a${index}`);
  return fc
    .array(fc.tuple(id, fc.option(id, { nil: undefined, freq: 6 })), { maxLength: 120 })
    .map((pairs): Mesh => {
      const agents = Array.from({ length: count }, (_, index) => agentOf(`a${index}`));
      return { agents, wiring: pairs.map(([from, to]) => wireOf(from, to)) };
    });
});

describe("the dashboard's drawing", () => {
  it("has every box once, inside, and no two upon one another, whatever the mesh", () => {
    fc.assert(
      fc.property(meshes, fc.constantFrom(330, 800, 1400), (mesh, available) => {
        const graph = whole(mesh);
        const { places, routes, width, height, boxWidth } = layoutOf(graph, available);
        assert.deepEqual(
          [...places.keys()].toSorted(),
          graph.boxes.map(({ key }) => key).toSorted(),
        );
        const all = [...places.values()];
        for (const [index, a] of all.entries()) {
          assert.ok(a.x >= 0 && a.y >= 0 && a.x + boxWidth <= width, JSON.stringify(a));
          assert.ok(a.y + BOX_HEIGHT <= height, JSON.stringify(a));
          for (const b of all.slice(index + 1)) {
            const apart =
              Math.abs(a.x - b.x) >= boxWidth || Math.abs(a.y - b.y) >= BOX_HEIGHT - 0.001;
            assert.ok(apart, JSON.stringify([a, b]));
          }
        }
        const wired = graph.links.filter(({ from, to }) => from !== to);
        assert.equal(routes.length, wired.length);
      }),
      { numRuns: 200 },
    );
  });

  it("leads each wire from its consumer's side to its provider's", () => {
    fc.assert(
      fc.property(meshes, (mesh) => {
        const { places, routes, boxWidth } = layoutOf(whole(mesh), 1400);
        for (const { link, points } of routes) {
          for (const [key, point] of [
            [link.from, points[0]],
            [link.to, points.at(-1)],
          ] as const) {
            const place = places.get(key);
            assert.ok(place && point);
            assert.ok([place.x, place.x + boxWidth].includes(point[0]), key);
            assert.ok(Math.abs(point[1] - place.y - BOX_HEIGHT / 2) < 0.001, key);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("puts consumers left of what they need, and stays lower than a hundred boxes in a row", () => {
    const agents = Array.from({ length: 100 }, (_, index) => agentOf(`a${index}`));
    const wiring = agents.slice(1).map(({ id }) => wireOf(id, "a0"));
    const { places, height } = layoutOf(whole({ agents, wiring }), 1400);
    const provider = places.get("default/a0")?.x ?? 0;
    for (const [key, { x }] of places) assert.ok(key === "default/a0" || x < provider, key);
    assert.ok(height < 20 * BOX_HEIGHT * 1.5, String(height));
  });
});

describe("the dashboard's model", () => {
  const mesh: Mesh = {
    agents: [
      agentOf("greeter-1", { name: "greeter" }),
      agentOf("greeter-2", { name: "greeter", status: "unhealthy" }),
      agentOf("echo", { mode: "vanilla", status: "healthy" }),
      agentOf("other"),
    ],
    wiring: [
      wireOf("greeter-1", "echo", "echo"),
      wireOf("greeter-1", "echo", "shout"),
      wireOf("greeter-2", undefined, "weather"),
    ],
  };

  it("draws the replicas of an agent as one box, and several wires as one", () => {
    const { boxes, links } = whole(mesh);
    const greeter = boxes.find(({ name }) => name === "greeter");
    assert.equal(greeter?.replicas.length, 2);
    assert.equal(greeter && statusOf(greeter), "degraded");
    assert.deepEqual(
      links.map(({ capabilities, resolved }) => [capabilities, resolved]),
      [
        [["echo", "shout"], true],
        [["weather"], false],
      ],
    );
    const lost = boxes.find(({ name }) => name === "weather");
    assert.equal(lost && statusOf(lost), "missing");
  });

  it("keeps the neighbours of what matches, and marks them", () => {
    const { boxes } = graphOf(mesh, matchingAgents(mesh, "vanilla"));
    assert.deepEqual(
      boxes.map(({ name, matches }) => [name, matches]).toSorted(),
      [
        ["echo", true],
        ["greeter", false],
      ].toSorted(),
    );
  });

  it("finds the healthy without the unhealthy, and who lacks something", () => {
    const found = (filter: string) => matchingAgents(mesh, filter).map(({ id }) => id);
    assert.deepEqual(found("healthy"), ["echo", "greeter-1", "other"]);
    assert.deepEqual(found("unhealthy"), ["greeter-2"]);
    assert.deepEqual(found("unresolved"), ["greeter-2"]);
    assert.deepEqual(found("wired echo"), ["greeter-1"]);
    assert.equal(agentMatches(agentOf("a"), [], "  "), true);
  });

  it("says ages in the largest unit that fits", () => {
    const said = [-5, 1, 5, 119, 120, 7_199, 7_200, 172_800].map((seconds) => ago(seconds * 1000));
    assert.deepEqual(said, [
      ...["now", "now", "5 s ago", "119 s ago", "2 min ago", "119 min ago", "2 h ago"],
      "2 days ago",
    ]);
  });
});
