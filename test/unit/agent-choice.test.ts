import assert from "node:assert/strict";
import fc from "fast-check";
import { type Candidate, choose, SPILL_OVER } from "#packages/mcp-mesh/src/calls/choice";

const candidate = fc.record({
  zone: fc.constantFrom(undefined, "east", "west"),
  weight: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 100 })),
  inFlight: fc.nat(12),
});
const some = fc.array(candidate, { minLength: 1, maxLength: 12 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const zone = fc.constantFrom(undefined, "east", "north");

const load = ({ inFlight, weight }: Candidate) => inFlight / (weight / 100);
const pick = (candidates: Candidate[], where: string | undefined, draw: number): Candidate => {
  const chosen = choose(candidates, where, draw);
  assert(chosen && candidates.includes(chosen));
  return chosen;
};

/** How often each is chosen, out of draws that are spread evenly. */
function shares(candidates: Candidate[], draws = 1_000): number[] {
  const counts = candidates.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    const index = candidates.indexOf(pick(candidates, undefined, (draw + 0.5) / draws));
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

describe("The choice of an endpoint", () => {
  it("falls on one whenever there is one, and on the same for the same draw", () => {
    assert.equal(choose([], "east", 0.5), undefined);
    fc.assert(
      fc.property(some, zone, random, (candidates, where, draw) => {
        assert.equal(pick(candidates, where, draw), pick(candidates, where, draw));
      }),
    );
  });

  it("falls on one of weight 0 only where all have it", () => {
    fc.assert(
      fc.property(some, zone, random, (candidates, where, draw) => {
        const chosen = pick(candidates, where, draw);
        assert(chosen.weight > 0 || candidates.every(({ weight }) => weight === 0));
      }),
    );
  });

  it("stays in the own zone unless everybody there is much busier than somebody elsewhere", () => {
    fc.assert(
      fc.property(some, random, (candidates, draw) => {
        const up = candidates.filter(({ weight }) => weight > 0);
        fc.pre(up.some((one) => one.zone === "east"));
        const least = Math.min(...up.map(load));
        const near = Math.min(...up.filter((one) => one.zone === "east").map(load));
        const chosen = pick(candidates, "east", draw);
        if (near < least + SPILL_OVER) assert.equal(chosen.zone, "east");
        else assert.equal(load(chosen), least);
      }),
    );
  });

  it("is one with the least calls in flight for its weight, where zones say nothing", () => {
    fc.assert(
      fc.property(some, random, (candidates, draw) => {
        const up = candidates.filter(({ weight }) => weight > 0);
        fc.pre(up.length > 0);
        assert.equal(load(pick(candidates, "north", draw)), Math.min(...up.map(load)));
      }),
    );
  });

  it("does not depend on the order that the registry gives, but among equals", () => {
    fc.assert(
      fc.property(some, zone, random, (candidates, where, draw) => {
        const turned = [...candidates].reverse();
        const weighs = (one: Candidate) => (one.weight > 0 ? load(one) : one.inFlight);
        assert.equal(weighs(pick(candidates, where, draw)), weighs(pick(turned, where, draw)));
      }),
    );
  });

  it("gives idle endpoints calls in proportion to their weights", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, (given) => {
        const sum = given.reduce((a, b) => a + b);
        const found = shares(given.map((weight) => ({ weight, inFlight: 0 })));
        found.forEach((share, index) => {
          assert(Math.abs(share - (given[index] ?? 0) / sum) < 0.01, `${found} of ${given}`);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("keeps calls away from one that hangs, however few siblings it has", () => {
    const hanging = { weight: 100, inFlight: 0 };
    const well = { weight: 100, inFlight: 0 };
    for (let call = 0; call < 200; call++) {
      const chosen = pick([hanging, well], undefined, (call * 0.37) % 1);
      // What the other one gets, it has answered by the next call.
      if (chosen === hanging) hanging.inFlight++;
    }
    assert.equal(hanging.inFlight, 1);
  });
});
