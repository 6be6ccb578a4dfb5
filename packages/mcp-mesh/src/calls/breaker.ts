/** Failures in a row after which an endpoint is left alone. */
export const FAILURES_TO_OPEN = 5;

/** How long it is left alone at first; twice as long after each trial that fails, up to the limit. */
export const FIRST_PAUSE_MS = 1_000;
export const LONGEST_PAUSE_MS = 30_000;

/**
 * The circuit breaker of one endpoint, as plain data. Closed: calls pass. Open: none does, until the
 * pause is over. Half open: one call is on its way to find out, and the others wait for what it
 * brings, elsewhere.
 */
export type Breaker =
  | { readonly state: "closed"; readonly failures: number }
  | { readonly state: "open"; readonly until: number; readonly pauseMs: number }
  | { readonly state: "half-open"; readonly pauseMs: number };

export const CLOSED: Breaker = { state: "closed", failures: 0 };

/** Whether a call may go to the endpoint now. */
export function admits(breaker: Breaker, now: number): boolean {
  return breaker.state === "closed" || (breaker.state === "open" && now >= breaker.until);
}

/** A call that was admitted is on its way. */
export function onStart(breaker: Breaker): Breaker {
  return breaker.state === "open" ? { state: "half-open", pauseMs: breaker.pauseMs } : breaker;
}

/** The endpoint answered, whatever it said. */
export function onAnswer(): Breaker {
  return CLOSED;
}

/**
 * The endpoint failed a call. `absent` says that nobody is there at all, which needs no second
 * opinion. Calls that were on their way before it opened don't make the pause longer.
 */
export function onFailure(breaker: Breaker, now: number, absent: boolean): Breaker {
  switch (breaker.state) {
    case "open":
      return breaker;
    case "half-open":
      return opened(Math.min(LONGEST_PAUSE_MS, 2 * breaker.pauseMs), now);
    case "closed": {
      const failures = breaker.failures + 1;
      if (absent || failures >= FAILURES_TO_OPEN) return opened(FIRST_PAUSE_MS, now);
      return { state: "closed", failures };
    }
  }
}

/** The call was given up before it told anything: the next one finds out instead. */
export function onGivenUp(breaker: Breaker, now: number): Breaker {
  if (breaker.state !== "half-open") return breaker;
  return { state: "open", until: now, pauseMs: breaker.pauseMs };
}

function opened(pauseMs: number, now: number): Breaker {
  return { state: "open", until: now + pauseMs, pauseMs };
}
