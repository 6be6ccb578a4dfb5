import { setTimeout as sleep } from "node:timers/promises";
import { heartbeats, registered } from "./metrics.ts";
import type { Outcome } from "./registry-client.ts";
import { log } from "./runtime-log.ts";

const BACKOFF_MIN_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;

export interface Step {
  verb: "register" | "check";
  delayMs: number;
  /** How many exchanges have failed in a row. */
  failures: number;
}

/**
 * What to do after an exchange, and when. Every delay is spread (`random` is in [0, 1)), so that a
 * fleet that was started or disturbed at one moment does not stay in step.
 */
export function nextStep(last: Step, outcome: Outcome, intervalMs: number, random: number): Step {
  switch (outcome.kind) {
    case "registered":
    case "unchanged":
      return { verb: "check", delayMs: intervalMs * (0.9 + 0.2 * random), failures: 0 };
    case "changed":
    case "unknown":
      return { verb: "register", delayMs: intervalMs * 0.1 * random, failures: 0 };
    case "failed": {
      const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** last.failures);
      const delayMs = ceiling * (0.5 + 0.5 * random);
      return { verb: last.verb, delayMs, failures: last.failures + 1 };
    }
  }
}

/** Exchanges heartbeats until the signal; `onOutcome` hears of each, before the pause after it. */
export async function keepHeartbeat(
  exchange: (verb: Step["verb"]) => Promise<Outcome>,
  onOutcome: (outcome: Outcome) => void,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  let step: Step = { verb: "register", delayMs: 0, failures: 0 };
  while (!signal.aborted) {
    const outcome = await exchange(step.verb);
    if (signal.aborted) return;
    heartbeats.inc({ outcome: outcome.kind });
    registered.set(outcome.kind === "registered" || outcome.kind === "unchanged" ? 1 : 0);
    const next = nextStep(step, outcome, intervalMs, Math.random());
    if (outcome.kind === "failed" && step.failures === 0) {
      log.warn("the registry does not answer; the agent goes on with the wiring it has", {
        error: outcome.reason,
      });
    } else if (outcome.kind !== "failed" && step.failures > 0) {
      log.info("the registry answers again");
    }
    onOutcome(outcome);
    step = next;
    await sleep(step.delayMs, undefined, { signal }).catch(() => {});
  }
}
