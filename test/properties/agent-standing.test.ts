import assert from "node:assert/strict";
import fc from "fast-check";
import { judge, type Standing, UNTRIED } from "#packages/mcp-mesh/src/health/standing";

const rounds = fc.array(fc.boolean(), { maxLength: 2_000 });
const play = (past: boolean[], from: Standing = UNTRIED) => past.reduce(judge, from);

describe("An agent's standing by its health checks", () => {
  it("is fit after the first good round, and not before", () => {
    assert.equal(UNTRIED.fit, false);
    fc.assert(
      fc.property(fc.nat({ max: 50 }), (failures) => {
        const standing = play(Array(failures).fill(false));
        assert.equal(standing.fit, false);
        assert.equal(judge(standing, true).fit, true);
      }),
    );
  });

  it("bears one failure, and not a second in a row", () => {
    fc.assert(
      fc.property(rounds, (past) => {
        const standing = play([...past, true]);
        if (standing.fit) assert.equal(judge(standing, false).fit, true);
        assert.equal(play([false, false], standing).fit, false);
      }),
    );
  });

  it("is fit again after sixteen good rounds at most, whatever was before", () => {
    fc.assert(
      fc.property(rounds, (past) => {
        assert.equal(play([...past, ...Array(16).fill(true)]).fit, true);
      }),
    );
  });

  it("needs two good rounds after a calm time, however often it flapped before", () => {
    fc.assert(
      fc.property(rounds, (past) => {
        const calm = play([...past, ...Array(170).fill(true)]);
        assert.equal(play([false, false, true], calm).fit, false);
        assert.equal(play([false, false, true, true], calm).fit, true);
      }),
    );
  });

  it("changes seldom, however the checks flap: once in nine rounds in the long run", () => {
    const flaps = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 40 })), {
        maxLength: 100,
      })
      .map((parts) =>
        parts.flatMap(([bad, good]) => [...Array(bad).fill(false), ...Array(good).fill(true)]),
      );
    fc.assert(
      fc.property(fc.oneof(flaps, rounds), (past) => {
        let standing = UNTRIED;
        let changes = 0;
        for (const passed of past) {
          const next = judge(standing, passed);
          if (next.fit !== standing.fit) changes++;
          standing = next;
        }
        assert.ok(changes <= 10 + past.length / 9, `${changes} changes in ${past.length} rounds`);
      }),
    );
  });
});
