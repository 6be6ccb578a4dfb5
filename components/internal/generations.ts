/** Which generations of a secret there are; beside the current one, at most one of the others. */
export interface Generations {
  /** The generation in use. */
  current: number;
  /** Accepted already, not yet in use: current + 1. */
  next?: number;
  /** Still accepted, no longer in use: current - 1. */
  previous?: number;
}

export const FIRST: Generations = { current: 1 };

/** The generations that are accepted, the one in use first. */
export function accepted({ current, next, previous }: Generations): number[] {
  return [current, next, previous].filter((one) => one !== undefined);
}

/**
 * What a generation's object in the cluster is called. Two of them take turns, so that a pod can have
 * both in its volumes once and for all: a rotation restarts nobody who accepts them.
 */
export const turn = (generation: number): "a" | "b" => (generation % 2 === 1 ? "a" : "b");
export const TURNS = ["a", "b"] as const;

/** A login that takes turns with another: what it is called, and the Secret with its password. */
export const loginOfTurn = (release: string, owner: string, which: "a" | "b") => ({
  name: `${owner}_${which}`,
  existingSecret: `${release}-${owner}-${which}`,
});
