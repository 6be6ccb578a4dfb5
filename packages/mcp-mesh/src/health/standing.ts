/** After how many failed rounds an agent leaves the registry: one may be an accident. */
const FAILURES_TO_LEAVE = 2;
/** How many good rounds bring it back, at first and at most. */
const PASSES_TO_RETURN = 2;
const MOST_PASSES = 16;
/** After so many rounds in the mesh, what was before is forgotten. */
const CALM = 150;

/** Whether an agent is fit for calls, by the rounds of its health checks so far. */
export interface Standing {
  fit: boolean;
  /** Rounds in a row that failed, or passed. */
  failures: number;
  passes: number;
  /** How many must pass in a row to return. */
  wanted: number;
  /** Rounds since it is fit. */
  calm: number;
}

/** An agent is not fit before its first good round, and fit after it. */
export const UNTRIED: Standing = { fit: false, failures: 0, passes: 0, wanted: 1, calm: 0 };

/**
 * The standing after one more round. Each return makes the next one harder, because every leaving
 * and returning makes others look for another agent: a check that flaps would keep the mesh busy.
 */
export function judge(last: Standing, passed: boolean): Standing {
  const failures = passed ? 0 : last.failures + 1;
  const passes = passed ? last.passes + 1 : 0;
  const now = { ...last, failures, passes };
  if (last.fit) {
    const calm = last.calm + 1;
    const wanted = calm >= CALM ? PASSES_TO_RETURN : last.wanted;
    if (failures < FAILURES_TO_LEAVE) return { ...now, calm, wanted };
    return { ...now, fit: false, calm: 0 };
  }
  if (passes < last.wanted) return now;
  const wanted = Math.min(MOST_PASSES, Math.max(PASSES_TO_RETURN, 2 * last.wanted));
  return { ...now, fit: true, calm: 0, wanted };
}
