import { reason } from "../log.ts";
import { log } from "../runtime-log.ts";
import {
  admits,
  type Breaker,
  CLOSED,
  onAnswer,
  onFailure,
  onGivenUp,
  onStart,
} from "./breaker.ts";
import type { Candidate } from "./choice.ts";
import { type Fault, faultOf, nobodyListens } from "./faults.ts";
import { Peer } from "./peer.ts";
import type { Attempt } from "./peer-transport.ts";

/** How an attempt went, as far as it says something about the endpoint. */
type News = Exclude<Fault, "refused"> | "answered" | "given up";

/** One place that calls can go to, a Service or a pod of it, and what is known of it. */
export class Endpoint implements Candidate {
  readonly url: string;
  /** The pod's, which is dialled instead of the URL's host. */
  readonly address: string | undefined;
  zone: string | undefined;
  weight = 100;
  inFlight = 0;
  readonly #peer: Peer;
  readonly #onChange: (before: Breaker["state"]) => void;
  #breaker: Breaker = CLOSED;
  #answeredAt = 0;

  /** `onChange` hears of each change of the circuit breaker's state, and what it was before. */
  constructor(
    url: string,
    address: string | undefined,
    onChange: (before: Breaker["state"]) => void,
  ) {
    this.url = url;
    this.address = address;
    this.#peer = new Peer(url, address);
    this.#onChange = onChange;
  }

  get state(): Breaker["state"] {
    return this.#breaker.state;
  }

  /** Whether a call may go there now. */
  admits(): boolean {
    return admits(this.#breaker, performance.now());
  }

  /** Calls a tool there, and learns from how that goes. */
  async call(attempt: Attempt): Promise<object> {
    const start = performance.now();
    this.#become(onStart(this.#breaker));
    this.inFlight++;
    try {
      const result = await this.#peer.call(attempt);
      this.#learn("answered", start);
      return result;
    } catch (error) {
      const fault = faultOf(error);
      const news = fault === "refused" ? "answered" : fault;
      this.#learn(attempt.signal?.aborted ? "given up" : news, start, error);
      throw error;
    } finally {
      this.inFlight--;
    }
  }

  /** Nothing leads here any more: the connection goes with the last call. */
  close(): void {
    this.#peer.disconnect();
  }

  #learn(news: News, start: number, error?: unknown): void {
    const now = performance.now();
    if (news === "answered") {
      this.#answeredAt = now;
      this.#become(onAnswer());
      return;
    }
    // An endpoint that answered others meanwhile is slow with this call, not sick.
    const isSlow = news === "late" && this.#answeredAt > start;
    if (news === "given up" || isSlow) return this.#become(onGivenUp(this.#breaker, now));
    // Behind a Service there may be others, whom the next connection finds.
    const absent = this.address !== undefined && nobodyListens(error);
    this.#become(onFailure(this.#breaker, now, absent), error);
  }

  #become(next: Breaker, error?: unknown): void {
    const { state } = this.#breaker;
    this.#breaker = next;
    if (next.state === state) return;
    const { url, address } = this;
    if (next.state === "closed")
      log.info("an endpoint that failed answers again", { url, address });
    if (next.state === "open") {
      // The trial after the pause begins with a new connection, so that it risks nobody's call.
      this.#peer.disconnect();
    }
    if (next.state === "open" && state === "closed") {
      log.warn("calls avoid an endpoint that fails", { url, address, error: reason(error) });
    }
    this.#onChange(state);
  }
}
