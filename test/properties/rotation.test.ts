import assert from "node:assert/strict";
import fc from "fast-check";
import { turn } from "#components/internal/generations";
import { accepted, following, type Generations, generations } from "#config/rotation";

/** Somebody who accepts secrets, and somebody who uses one: each sees a step when it gets to it. */
interface World {
  /** What the stack's file says, and each step that it was at before. */
  steps: Generations[];
  /** The step that each server and each client has seen. */
  servers: number[];
  clients: number[];
}

const last = ({ steps }: World) => steps.length - 1;
const at = (world: World, seen: number) => world.steps[seen] as Generations;
/** Whether everybody has seen the step: only then does a rotation take the next one. */
const proven = (world: World) =>
  [...world.servers, ...world.clients].every((seen) => seen === last(world));

/** One thing that happens: an update, or somebody who notices one. */
type Event = { who: "update" } | { who: "server" | "client"; which: number };

const events = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<Event>({ who: "update" }) },
    {
      weight: 4,
      arbitrary: fc.record<Event & { which: number }>({
        who: fc.constantFrom("server", "client"),
        which: fc.nat({ max: 1 }),
      }),
    },
  ),
  { maxLength: 300, size: "max" },
);

/** Plays the events; `prove` says whether an update waits for everybody. */
function play(events: Event[], prove: boolean, check: (world: World) => void): World {
  const world: World = { steps: [{ current: 1 }], servers: [0, 0], clients: [0, 0] };
  for (const event of events) {
    if (event.who === "update") {
      if (!prove || proven(world)) world.steps.push(following(at(world, last(world))));
    } else {
      const all = event.who === "server" ? world.servers : world.clients;
      all[event.which] = last(world);
    }
    check(world);
  }
  return world;
}

/** The clients whose secret some server would refuse. */
const refused = (world: World) =>
  world.clients.flatMap((client) =>
    world.servers
      .filter((server) => !accepted(at(world, server)).includes(at(world, client).current))
      .map((server) => ({ client: at(world, client), server: at(world, server) })),
  );

describe("A rotation, whoever notices its steps first", () => {
  it("leaves every client served by every server, where each step waits for the one before", () => {
    let most = 0;
    fc.assert(
      fc.property(events, (past) => {
        const world = play(past, true, (world) => assert.deepEqual(refused(world), []));
        most = Math.max(most, last(world));
      }),
      { numRuns: 2_000 },
    );
    assert.ok(most > 3, `no more than ${most} steps were taken`);
  });

  it("would refuse somebody if it did not wait", () => {
    const hasty = fc.check(
      fc.property(events, (past) => {
        play(past, false, (world) => assert.deepEqual(refused(world), []));
      }),
      { numRuns: 2_000 },
    );
    assert.equal(hasty.failed, true);
  });

  it("never has two generations accepted that take the same turn", () => {
    fc.assert(
      fc.property(events, (past) => {
        for (const step of play(past, true, () => {}).steps) {
          const turns = accepted(step).map(turn);
          assert.equal(new Set(turns).size, turns.length);
        }
      }),
    );
  });

  it("takes only steps that a stack may be at, and each third one is a new generation at rest", () => {
    let step: Generations = { current: 1 };
    for (let number = 1; number < 12; number++) {
      step = following(step);
      assert.deepEqual(generations.parse(step), step);
      if (number % 3 === 0) assert.deepEqual(step, { current: number / 3 + 1 });
    }
  });
});
