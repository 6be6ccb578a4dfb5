import type { Outcome } from "./registry-client.ts";

const BACKOFF_MIN_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;

/**
 * What the agent does next: register in full, say that it lives, leave because it is not fit for
 * calls, or rest outside the registry until it is.
 */
export type Verb = "register" | "check" | "leave" | "rest";

export interface Step {
  verb: Verb;
  delayMs: number;
  /** How many exchanges have failed in a row. */
  failures: number;
}

/** Before the registry has heard of the agent. */
export const OUTSIDE: Step = { verb: "rest", delayMs: 0, failures: 0 };

/** What is due now, when the agent's fitness may be another than when the step was planned. */
export function due({ verb }: Step, fit: boolean): Verb {
  if (fit) return verb === "leave" || verb === "rest" ? "register" : verb;
  return verb === "register" || verb === "check" ? "leave" : verb;
}

/**
 * What to do after an exchange, and when. Every delay is spread (`random` is in [0, 1)), so that a
 * fleet that was started or disturbed at one moment does not stay in step.
 */
export function nextStep(last: Step, outcome: Outcome, intervalMs: number, random: number): Step {
  const spread = intervalMs * (0.9 + 0.2 * random);
  switch (outcome.kind) {
    case "registered":
    case "unchanged":
      return { verb: "check", delayMs: spread, failures: 0 };
    case "changed":
    case "unknown":
      return { verb: "register", delayMs: intervalMs * 0.1 * random, failures: 0 };
    case "left":
      return { verb: "rest", delayMs: spread, failures: 0 };
    case "failed": {
      const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** last.failures);
      const delayMs = ceiling * (0.5 + 0.5 * random);
      return { verb: last.verb, delayMs, failures: last.failures + 1 };
    }
  }
}

export interface HeartbeatParts {
  /** Whether the agent belongs into the registry now. */
  fit(): boolean;
  exchange(verb: Exclude<Verb, "rest">): Promise<Outcome>;
  /** Hears of each exchange, before the pause after it. */
  onOutcome(outcome: Outcome, last: Step): void;
  intervalMs: number;
}

/** Keeps the registry told, until a signal. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #wake: (() => void) | undefined;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  /** Ends the pause: the agent's fitness changed. */
  wake(): void {
    this.#wake?.();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { fit, exchange, onOutcome, intervalMs } = this.#parts;
    signal.addEventListener("abort", () => this.wake(), { once: true });
    let step = OUTSIDE;
    while (!signal.aborted) {
      const verb = due(step, fit());
      if (verb === "rest") {
        await this.#pause(intervalMs);
        continue;
      }
      const last = { ...step, verb };
      const outcome = await exchange(verb);
      if (signal.aborted) return;
      onOutcome(outcome, last);
      step = nextStep(last, outcome, intervalMs, Math.random());
      // Its fitness may have changed meanwhile, which does not wait for the next turn.
      if (due(step, fit()) === step.verb) await this.#pause(step.delayMs);
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
