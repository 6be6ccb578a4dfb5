import { setTimeout as delay } from "node:timers/promises";

/** Asks for the addresses that the headless Service's name has now. */
export type Resolve = () => Promise<string[]>;

/** How old an answer may be. */
const FRESH_MS = 1_000;

/** How long cluster DNS may go on giving an answer from before a pod came: its usual TTL is 5 s. */
const NEWCOMER_MS = 6_000;
const PAUSE_MS = 500;

/** How long a pod that was there, and is not any more, is taken for gone without another wait. */
const GONE_MS = 30_000;
const MOST_GONE = 1_000;

/** The relays of the agent's other pods. A session id can name nobody else. */
export class Siblings {
  readonly #resolve: Resolve;
  readonly #own: string;
  readonly #gone = new Map<string, number>();
  #known: ReadonlySet<string> = new Set();
  #asked = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(resolve: Resolve, own: string) {
    this.#resolve = resolve;
    this.#own = own;
  }

  /** All of them but this one. */
  async others(): Promise<string[]> {
    await this.#refresh();
    return [...this.#known].filter((address) => address !== this.#own);
  }

  /**
   * Whether the address is a sibling's. One that nobody has heard of may be a new pod's, so its
   * name gets the time to spread; `signal` ends the wait.
   */
  async has(address: string, signal: AbortSignal): Promise<boolean> {
    const patience = performance.now() + NEWCOMER_MS;
    while (!signal.aborted) {
      await this.#refresh();
      if (this.#known.has(address)) return true;
      const gone = this.#gone.get(address) ?? -Infinity;
      if (performance.now() - gone < GONE_MS) return false;
      if (performance.now() >= patience) this.#forget(address);
      else await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  #refresh(): Promise<void> {
    if (performance.now() - this.#asked < FRESH_MS) return Promise.resolve();
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    // While DNS is out of order, what it said last still holds: each pod's own address is in it.
    const found = await this.#resolve().then(
      (addresses) => new Set(addresses),
      () => this.#known,
    );
    for (const address of this.#known) if (!found.has(address)) this.#forget(address);
    this.#known = found;
    this.#asked = performance.now();
  }

  #forget(address: string): void {
    this.#gone.delete(address);
    const [oldest] = this.#gone.keys();
    if (this.#gone.size >= MOST_GONE && oldest !== undefined) this.#gone.delete(oldest);
    this.#gone.set(address, performance.now());
  }
}
