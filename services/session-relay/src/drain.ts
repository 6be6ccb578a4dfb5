import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "mcp-mesh/log";
import type { Relay } from "./relay.ts";
import type { Sessions } from "./sessions.ts";

const LOOK_MS = 200;

/** While a pod drains, who has neither a stream nor a request open for so long has left. */
const LEFT_MS = 60_000;

export interface DrainTimes {
  /** How long others may still send new clients here. */
  leastMs: number;
  /** When the sessions that are left have to end. */
  mostMs: number;
  /** How long a session may be unused otherwise. */
  idleMs: number;
}

/** The end of a pod: new sessions go to others, and those it has are served until they end. */
export class Drain {
  readonly #relay: Relay;
  readonly #sessions: Sessions;
  readonly #times: DrainTimes;
  readonly #log: Log;
  #done: Promise<number> | undefined;

  constructor(relay: Relay, sessions: Sessions, times: DrainTimes, log: Log) {
    this.#relay = relay;
    this.#sessions = sessions;
    this.#times = times;
    this.#log = log;
  }

  /** How long sessions may be unused now. */
  get idleMs(): number {
    return this.#done ? Math.min(LEFT_MS, this.#times.idleMs) : this.#times.idleMs;
  }

  /** Begins it, or joins the one that has begun; returns the number of sessions that are cut off. */
  begin(): Promise<number> {
    this.#done ??= this.#wait();
    return this.#done;
  }

  async #wait(): Promise<number> {
    const began = performance.now();
    this.#relay.draining = true;
    this.#log.info("draining", { sessions: this.#sessions.size });
    const over = (ms: number) => performance.now() - began >= ms;
    const busy = () => this.#sessions.size > 0 || this.#relay.calls > 0;
    while (!over(this.#times.mostMs) && (!over(this.#times.leastMs) || busy())) {
      await delay(LOOK_MS);
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    this.#log.info("drained", { seconds, sessions_cut_off: this.#sessions.size });
    return this.#sessions.size;
  }
}
