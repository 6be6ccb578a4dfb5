import assert from "node:assert/strict";
import fc from "fast-check";
import {
  admits,
  type Breaker,
  CLOSED,
  FAILURES_TO_OPEN,
  FIRST_PAUSE_MS,
  LONGEST_PAUSE_MS,
  onAnswer,
  onFailure,
  onGivenUp,
  onStart,
} from "#packages/mcp-mesh/src/calls/breaker";

/** An endpoint's calls over time, beside what is to be expected of its breaker. */
interface Real {
  breaker: Breaker;
}

interface Model {
  now: number;
  failures: number;
  /** The end of the pause, while there is one or a trial. */
  until: number | undefined;
  pauseMs: number;
  trial: boolean;
  /** Calls that began before it opened may end at any time. */
  old: number;
}

type Step = fc.Command<Model, Real>;

const mayCall = ({ until, now, trial }: Model) => !trial && (until === undefined || now >= until);

function agree(model: Model, { breaker }: Real): void {
  assert.equal(admits(breaker, model.now), mayCall(model));
  const state = model.trial ? "half-open" : model.until === undefined ? "closed" : "open";
  assert.equal(breaker.state, state);
}

function open(model: Model, pauseMs: number): void {
  Object.assign(model, { failures: 0, trial: false, pauseMs, until: model.now + pauseMs });
}

function step(
  text: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real) => void,
): Step {
  return {
    check,
    run(model, real) {
      run(model, real);
      agree(model, real);
    },
    toString: () => text,
  };
}

const wait = (ms: number) =>
  step(
    `wait ${ms}`,
    () => true,
    (model) => {
      model.now += ms;
    },
  );

const start = step("start", mayCall, (model, real) => {
  real.breaker = onStart(real.breaker);
  if (model.until !== undefined) model.trial = true;
  else model.old++;
});

const underWay = (model: Model) => model.trial || model.old > 0;
const ended = (model: Model) => {
  if (!model.trial) model.old--;
};

const answer = step("answer", underWay, (model, real) => {
  real.breaker = onAnswer();
  ended(model);
  Object.assign(model, { failures: 0, until: undefined, trial: false });
});

const fail = (absent: boolean) =>
  step(absent ? "absent" : "fail", underWay, (model, real) => {
    real.breaker = onFailure(real.breaker, model.now, absent);
    if (model.trial) return open(model, Math.min(LONGEST_PAUSE_MS, 2 * model.pauseMs));
    ended(model);
    if (model.until !== undefined) return;
    model.failures++;
    if (absent || model.failures === FAILURES_TO_OPEN) open(model, FIRST_PAUSE_MS);
  });

const giveUp = step("give up", underWay, (model, real) => {
  real.breaker = onGivenUp(real.breaker, model.now);
  if (model.trial) Object.assign(model, { trial: false, until: model.now });
  else ended(model);
});

describe("The circuit breaker of an endpoint", () => {
  it("opens, pauses and closes as its model does, whatever happens in whatever order", () => {
    const steps = fc.commands(
      [
        fc.integer({ min: 1, max: 40_000 }).map(wait),
        ...[start, start, answer, giveUp, fail(false), fail(false), fail(true)].map((one) =>
          fc.constant(one),
        ),
      ],
      { maxCommands: 60 },
    );
    fc.assert(
      fc.property(steps, (commands) => {
        const model = { now: 0, failures: 0, until: undefined, pauseMs: 0, trial: false, old: 0 };
        fc.modelRun(() => ({ model, real: { breaker: CLOSED } }), commands);
      }),
      { numRuns: 500 },
    );
  });

  it("opens after five failures in a row, and not if one answer is among them", () => {
    const after = (news: string) =>
      [...news].reduce<Breaker>(
        (breaker, one) => (one === "x" ? onFailure(breaker, 0, false) : onAnswer()),
        CLOSED,
      );
    assert.equal(after("xxxxx").state, "open");
    assert.equal(after("xxxx.xxxx").state, "closed");
  });

  it("opens at once where nobody is there", () => {
    assert.equal(onFailure(CLOSED, 0, true).state, "open");
  });

  it("lets one call find out after the pause, and pauses up to 30 s where that fails", () => {
    let breaker = onFailure(CLOSED, 0, true);
    const pauses = [];
    for (let now = 0; pauses.length < 7; ) {
      assert.equal(breaker.state, "open");
      if (breaker.state !== "open") return;
      pauses.push(breaker.until - now);
      assert.equal(admits(breaker, breaker.until - 1), false);
      now = breaker.until;
      assert.equal(admits(breaker, now), true);
      breaker = onStart(breaker);
      assert.equal(admits(breaker, now), false, "a second call waits elsewhere");
      breaker = onFailure(breaker, now, true);
    }
    assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });
});
