import { createContext, useContext, useSyncExternalStore } from "react";
import type { Link } from "./model.ts";

/** How a box or a link is drawn: as ever, or lifted out of the others, or behind them. */
export type Light = "day" | "lit" | "dark";

/**
 * What is looked at, with its neighbours, and which box has its turn for the Tab key. Only boxes and
 * links whose light changes are drawn again.
 */
export class Spotlight {
  #listeners = new Set<() => void>();
  #boxes: ReadonlySet<string> | undefined;
  #links: ReadonlySet<string> = new Set();
  #current: string | undefined;
  /** Another number whenever something is lit anew. */
  turns = 0;

  /** Lights boxes and the links between them; undefined lights everything. */
  shine(boxes: ReadonlySet<string> | undefined, links: Iterable<string> = []): void {
    this.#boxes = boxes;
    this.#links = new Set(links);
    this.turns++;
    for (const each of this.#listeners) each();
  }

  /** Lights one box, all that it is linked to, and the links. */
  on(key: string, links: readonly Link[]): void {
    const lit = links.filter(({ from, to }) => from === key || to === key);
    const boxes = new Set([key, ...lit.flatMap(({ from, to }) => [from, to])]);
    this.shine(
      boxes,
      lit.map((link) => link.key),
    );
  }

  /** Makes a box the one that the Tab key leads to. */
  turn(key: string | undefined): void {
    this.#current = key;
    for (const each of this.#listeners) each();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether anything is lifted out. */
  get active(): boolean {
    return this.#boxes !== undefined;
  }
  isCurrent(key: string): boolean {
    return this.#current === key;
  }
  boxLight(key: string): Light {
    return this.#boxes === undefined ? "day" : this.#boxes.has(key) ? "lit" : "dark";
  }
  linkLight(key: string): Light {
    return this.#boxes === undefined ? "day" : this.#links.has(key) ? "lit" : "dark";
  }
}

export const SpotlightContext = createContext(new Spotlight());

/** What of the spotlight concerns one box or link. */
export function useSpotlight<T extends string | boolean>(of: (spotlight: Spotlight) => T): T {
  const spotlight = useContext(SpotlightContext);
  return useSyncExternalStore(spotlight.subscribe, () => of(spotlight));
}
