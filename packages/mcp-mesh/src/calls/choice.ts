/** What the choice looks at in an endpoint. */
export interface Candidate {
  zone?: string | undefined;
  /** Its share of the calls beside the others', 0 to 100; 0 = none while anybody else is there. */
  weight: number;
  /** The calls of this process that it has not answered yet. */
  inFlight: number;
}

/**
 * How many calls more than the least busy endpoint elsewhere each endpoint of the own zone must have
 * for the zone to count as overloaded. Crossing zones costs about a millisecond: much less than
 * waiting behind that many calls, and more than one or two.
 */
export const SPILL_OVER = 4;

/**
 * The endpoint for the next call, out of those that are up: of the own zone unless it is overloaded;
 * there the one with the least calls in flight for its weight; and among equals a draw by weight, so
 * that callers that have nothing in flight, as most have most of the time, don't all pick the same.
 *
 * It looks at all endpoints instead of comparing two that were drawn: an agent has some tens at most,
 * so that a look costs less than a microsecond, and a pod that hangs is found out by the calls that
 * pile up on it, even where it has but one sibling. `random` is in [0, 1).
 */
export function choose<T extends Candidate>(
  candidates: readonly T[],
  zone: string | undefined,
  random: number,
): T | undefined {
  const weighty = candidates.filter(({ weight }) => weight > 0);
  // Where all are being emptied, somebody has to take the call all the same.
  if (weighty.length === 0) return draw(leastBusy(candidates, evenly), evenly, random);
  const near = zone === undefined ? [] : weighty.filter((candidate) => candidate.zone === zone);
  const scope = isOverloaded(near, weighty) ? weighty : near;
  return draw(leastBusy(scope, byWeight), byWeight, random);
}

type Share = (candidate: Candidate) => number;

const evenly: Share = () => 1;
const byWeight: Share = ({ weight }) => weight / 100;

/** Whether the zone has nobody, or nobody who is not much busier than somebody elsewhere. */
function isOverloaded(near: readonly Candidate[], all: readonly Candidate[]): boolean {
  const least = (some: readonly Candidate[]) => Math.min(...some.map((one) => busy(one, byWeight)));
  return near.length === 0 || least(near) >= least(all) + SPILL_OVER;
}

function busy(candidate: Candidate, share: Share): number {
  return candidate.inFlight / share(candidate);
}

function leastBusy<T extends Candidate>(candidates: readonly T[], share: Share): T[] {
  let least = Number.POSITIVE_INFINITY;
  let found: T[] = [];
  for (const candidate of candidates) {
    const load = busy(candidate, share);
    if (load > least) continue;
    if (load < least) found = [];
    least = load;
    found.push(candidate);
  }
  return found;
}

function draw<T extends Candidate>(
  candidates: readonly T[],
  share: Share,
  random: number,
): T | undefined {
  let left = random * candidates.reduce((sum, candidate) => sum + share(candidate), 0);
  for (const candidate of candidates) {
    left -= share(candidate);
    if (left < 0) return candidate;
  }
  return candidates.at(-1);
}
