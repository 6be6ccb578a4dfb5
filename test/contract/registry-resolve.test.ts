import assert from "node:assert/strict";
import { type Registration, registration } from "#services/registry/src/protocol";
import {
  buildMesh,
  compareVersions,
  matchesVersion,
  scoreTags,
  wiringOf,
} from "#services/registry/src/resolve";
import { type AgentBody, agent, tool } from "#test/support/registry";

const parsed = (body: AgentBody): Registration => registration.parse(body);

/** Who answers each dependency of the last agent, in order; "-" for nobody. */
function winners(...bodies: AgentBody[]): string[] {
  const agents = bodies.map(parsed);
  const consumer = agents.at(-1);
  assert(consumer);
  const wiring = wiringOf(buildMesh(agents), consumer);
  return Object.values(wiring).flatMap((entries) => entries.map((entry) => entry.agent_id || "-"));
}

const needs = (...dependencies: unknown[]) => tool("own", { dependencies });

describe("registry resolution", () => {
  describe("scores a provider's tags [llm, claude, fast] against the wanted ones", () => {
    const offered = ["llm", "claude", "fast"];
    const table: [wanted: (string | string[])[], score: number | undefined][] = [
      [[], 0],
      [["llm"], 5],
      [["llm", "fast"], 10],
      [["gpt"], undefined],
      [["llm", "gpt"], undefined],
      [["+claude"], 10],
      [["+gpt"], 0],
      [["llm", "+claude", "+gpt"], 15],
      [["-gpt"], 0],
      [["-claude"], undefined],
      [["llm", "-claude"], undefined],
      [[["gpt", "claude"]], 5],
      [[["gpt", "gemini"]], undefined],
      [["llm", ["gpt", "+claude"]], 15],
      [[["claude", "-fast"]], undefined],
      [[["-gpt"]], undefined],
      [["", []], 0],
    ];
    for (const [wanted, score] of table) {
      it(`${JSON.stringify(wanted)} gives ${score ?? "no match"}`, () => {
        assert.equal(scoreTags(offered, wanted), score);
      });
    }
  });

  describe("matches versions against ranges", () => {
    const table: [version: string, range: string, matches: boolean][] = [
      ["1.2.3", "", true],
      ["", "", true],
      ["", ">=1.0.0", false],
      ["1.2.3", ">=1.0.0", true],
      ["1.2.3", ">=1.0, <2.0", true],
      ["2.0.0", ">=1.0, <2.0", false],
      ["2.0.0", "^1.0.0", false],
      ["1.9.0", "^1.0.0", true],
      ["1.2.9", "~1.2.3", true],
      ["1.3.0", "~1.2.3", false],
      ["1.2.3", "1.2.3", true],
      ["1.2", ">=1.1.0", true],
      ["v2", "2.x", true],
      ["2.0.0-rc.1", ">=1.0.0", false],
      ["latest", "latest", true],
      ["latest", ">=1.0.0", false],
      ["1.0.0", "not a range", false],
    ];
    for (const [version, range, expected] of table) {
      it(`"${version}" ${expected ? "satisfies" : "does not satisfy"} "${range}"`, () => {
        assert.equal(matchesVersion(version, range), expected);
      });
    }

    it("orders semver numerically, above what is not semver", () => {
      const versions = ["1.10.0", "zeta", "1.9.0", "alpha", "1.10.0-rc.1"];
      assert.deepEqual(versions.sort(compareVersions), [
        "alpha",
        "zeta",
        "1.9.0",
        "1.10.0-rc.1",
        "1.10.0",
      ]);
    });
  });

  it("prefers the score, then the newer version, then the first agent id", () => {
    const consumer = agent("z", needs({ capability: "date", tags: ["+fast"] }));
    const old = agent("a", tool("date", { version: "1.9.0" }));
    const recent = agent("c", tool("date", { version: "1.10.0" }));
    const twin = agent("b", tool("date", { version: "1.10.0" }));
    const fast = agent("d", tool("date", { version: "0.1.0", tags: ["fast"] }));
    assert.deepEqual(winners(old, recent, consumer), ["c"]);
    assert.deepEqual(winners(old, recent, twin, consumer), ["b"]);
    assert.deepEqual(winners(old, recent, twin, fast, consumer), ["d"]);
  });

  it("keeps namespaces apart unless a dependency names another one", () => {
    const other = { ...agent("a", tool("date")), namespace: "blue" };
    assert.deepEqual(winners(other, agent("z", needs({ capability: "date" }))), []);
    assert.deepEqual(winners(other, agent("z", needs({ capability: "date", namespace: "blue" }))), [
      "a",
    ]);
  });

  it("keeps the place of an unresolved dependency before a resolved one", () => {
    const consumer = agent("z", needs({ capability: "nobody" }, { capability: "date" }));
    assert.deepEqual(winners(agent("a", tool("date")), consumer), ["-", "a"]);
  });

  it("leaves out a function of which nothing resolves", () => {
    assert.deepEqual(winners(agent("z", needs({ capability: "nobody" }))), []);
  });

  it("takes the first of several wishes that somebody fulfils", () => {
    const wishes = [{ capability: "nobody" }, { capability: "date" }];
    assert.deepEqual(winners(agent("a", tool("date")), agent("z", needs(wishes))), ["a"]);
  });

  it("takes away a provider whose required dependency is missing, however far down", () => {
    const chain = (capability: string, next: string) =>
      tool(capability, { dependencies: [{ capability: next, required: true }] });
    const top = agent("top", chain("one", "two"));
    const middle = agent("middle", chain("two", "three"));
    const bottom = agent("bottom", tool("three"));
    const consumer = agent("z", needs({ capability: "one" }));
    assert.deepEqual(winners(top, middle, bottom, consumer), ["top"]);
    assert.deepEqual(winners(top, middle, consumer), []);
  });

  it("keeps a provider whose optional dependency is missing", () => {
    const provider = agent("a", tool("date", { dependencies: [{ capability: "nobody" }] }));
    assert.deepEqual(winners(provider, agent("z", needs({ capability: "date" }))), ["a"]);
  });

  it("breaks a cycle of required dependencies only through a provider outside of it", () => {
    const requires = (capability: string, next: string) =>
      tool(capability, { dependencies: [{ capability: next, required: true }] });
    const ring = [agent("a", requires("one", "two")), agent("b", requires("two", "one"))];
    const consumer = agent("z", needs({ capability: "one" }));
    assert.deepEqual(winners(...ring, consumer), []);
    const exit = agent("c", tool("one"));
    assert.deepEqual(winners(...ring, exit, consumer), ["a"]);
    assert.deepEqual(winners(exit, ...ring.reverse(), consumer), ["a"]);
  });

  it("takes any function name, even one that JavaScript gives a meaning", () => {
    const consumer = agent("z", {
      function_name: "__proto__",
      capability: "own",
      dependencies: [{ capability: "date" }],
    });
    assert.deepEqual(winners(agent("a", tool("date")), consumer), ["a"]);
  });

  it("talks stdio to an agent without a port, and brackets IPv6 addresses", () => {
    const consumer = parsed(agent("z", needs({ capability: "date" })));
    const endpoint = (body: AgentBody) =>
      wiringOf(buildMesh([parsed(body)]), consumer).own?.[0]?.endpoint;
    assert.equal(endpoint({ ...agent("a", tool("date")), http_port: 0 }), "stdio://a");
    assert.equal(endpoint({ ...agent("a", tool("date")), http_host: "::1" }), "http://[::1]:8080");
  });
});
