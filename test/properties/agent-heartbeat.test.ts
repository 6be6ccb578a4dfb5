import assert from "node:assert/strict";
import fc from "fast-check";
import { due, nextStep, OUTSIDE, type Step } from "#packages/mcp-mesh/src/heartbeat";
import type { Outcome } from "#packages/mcp-mesh/src/registry-client";

const INTERVAL = 5000;

/** One turn of the world around an agent: its own fitness, and what its registry is up to. */
interface Turn {
  fit: boolean;
  registry: "answers" | "forgot" | "changed" | "away";
  random: number;
}
const turn: fc.Arbitrary<Turn> = fc.record({
  fit: fc.boolean(),
  registry: fc.constantFrom("answers", "forgot", "changed", "away"),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});
const calm: Turn = { fit: true, registry: "answers", random: 0.5 };

/** An agent beside a model of its registry, which knows it or does not. */
class World {
  step: Step = OUTSIDE;
  known = false;
  verbs: string[] = [];

  play({ fit, registry, random }: Turn): void {
    const verb = due(this.step, fit);
    this.verbs.push(verb);
    // An agent at rest does nothing until its fitness changes.
    if (verb === "rest") return void (this.step = { ...this.step, verb });
    if (registry === "forgot") this.known = false;
    this.step = nextStep({ ...this.step, verb }, this.#answer(verb, registry), INTERVAL, random);
  }

  #answer(verb: "register" | "check" | "leave", registry: Turn["registry"]): Outcome {
    if (registry === "away") return { kind: "failed", reason: "away" };
    if (verb === "leave") {
      this.known = false;
      return { kind: "left" };
    }
    if (verb === "check" && !this.known) return { kind: "unknown" };
    if (verb === "check") return { kind: registry === "changed" ? "changed" : "unchanged" };
    this.known = true;
    return { kind: "registered", resolved: {} };
  }
}

const after = (turns: Turn[]): World => {
  const world = new World();
  for (const one of turns) world.play(one);
  return world;
};

describe("An agent's heartbeat, whatever happens", () => {
  it("brings a fit agent into a registry that answers within three turns, and keeps it there", () => {
    fc.assert(
      fc.property(fc.array(turn), (past) => {
        const world = after(past);
        for (let i = 0; i < 3; i++) world.play(calm);
        assert.equal(world.known, true);
        for (let i = 0; i < 5; i++) world.play(calm);
        assert.deepEqual(world.verbs.slice(-5), Array(5).fill("check"));
      }),
    );
  });

  it("takes an unfit agent out of a registry that answers, and says nothing more", () => {
    fc.assert(
      fc.property(fc.array(turn), (past) => {
        const world = after(past);
        const unfit = { ...calm, fit: false };
        for (let i = 0; i < 2; i++) world.play(unfit);
        assert.equal(world.known, false);
        for (let i = 0; i < 5; i++) world.play(unfit);
        assert.deepEqual(world.verbs.slice(-5), Array(5).fill("rest"));
      }),
    );
  });

  it("never registers or checks an unfit agent, and never takes out a fit one", () => {
    fc.assert(
      fc.property(fc.array(turn), (turns) => {
        const world = new World();
        for (const one of turns) {
          world.play(one);
          const verb = world.verbs.at(-1) ?? "";
          assert.ok((one.fit ? ["register", "check"] : ["leave", "rest"]).includes(verb), verb);
        }
      }),
    );
  });

  it("pauses between half a second and thirty while the registry is away, else at most an interval", () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1 }), (turns) => {
        const world = new World();
        for (const one of turns) {
          const before = world.step;
          world.play(one);
          const { delayMs, failures } = world.step;
          if (world.verbs.at(-1) === "rest") continue;
          if (one.registry === "away") {
            assert.ok(delayMs >= 500 && delayMs <= 30_000, `${delayMs}`);
            assert.equal(failures, before.failures + 1);
          } else {
            assert.ok(delayMs >= 0 && delayMs <= 1.1 * INTERVAL, `${delayMs}`);
            assert.equal(failures, 0);
          }
        }
      }),
    );
  });

  it("spreads a fleet that lost its registry at one moment over at least half of each pause", () => {
    const failed: Outcome = { kind: "failed", reason: "away" };
    for (let failures = 0; failures < 10; failures++) {
      const last: Step = { verb: "check", delayMs: 0, failures };
      const [first, final] = [0, 1].map((r) => nextStep(last, failed, INTERVAL, r).delayMs);
      assert.ok(Number(final) >= 2 * Number(first));
    }
  });
});
