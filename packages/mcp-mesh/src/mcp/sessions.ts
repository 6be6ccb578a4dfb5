import { sessions, sessionsOpened } from "../metrics.ts";

/** A client that opens sessions without end must not fill the memory with their ids. */
const MAX_FOLLOWED = 50_000;

/**
 * The sessions of the revisions until 2025-11-25, as far as HTTP shows them: an id is given out in
 * the answer to `initialize`, and is no more once it was deleted or the server answers 404 to it.
 * A session that a client just leaves stays open here as long as it does in the server.
 */
export class Sessions {
  readonly #open = new Set<string>();

  opened(id: string): void {
    sessionsOpened.inc();
    const [oldest] = this.#open;
    if (this.#open.size >= MAX_FOLLOWED && oldest !== undefined) this.#open.delete(oldest);
    this.#open.add(id);
    sessions.set(this.#open.size);
  }

  /** Takes note of how a request that named a session was answered. */
  used(id: string, method: string | undefined, status: number): void {
    const deleted = method === "DELETE" && status >= 200 && status < 300;
    if ((deleted || status === 404) && this.#open.delete(id)) sessions.set(this.#open.size);
  }
}
