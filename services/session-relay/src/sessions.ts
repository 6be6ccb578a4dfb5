interface Session {
  /** Requests and streams that are open. */
  busy: number;
  used: number;
}

/** Why the relay ends a session at its server. */
export type Cause = "idle" | "limit";

/**
 * The sessions that this pod's server has, the one that was unused for longest first. A client that
 * just leaves tells nobody, and servers keep its session for good: so the relay ends it in the
 * client's place, after a while, or when there are too many.
 */
export class Sessions {
  readonly #open = new Map<string, Session>();
  readonly #limit: number;
  readonly #end: (id: string, cause: Cause) => void;

  constructor(limit: number, end: (id: string, cause: Cause) => void) {
    this.#limit = limit;
    this.#end = end;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether another session can be opened: at the limit only if an idle one can make room. */
  get hasRoom(): boolean {
    return this.#open.size < this.#limit || this.#idlest() !== undefined;
  }

  /** Notes a request that names a session; the returned function notes how it ended. */
  hold(id: string): (method: string | undefined, status: number) => void {
    const session = this.#open.get(id);
    if (session) session.busy++;
    return (method, status) => {
      if (session) session.busy--;
      const ended = status === 404 || (method === "DELETE" && status < 300);
      if (ended) this.#open.delete(id);
      else if (session) this.#touch(id, session);
      // From before the relay was restarted: the server still knows it.
      else if (status < 300 && !this.#open.has(id)) this.opened(id);
    };
  }

  opened(id: string): void {
    const idlest = this.#open.size >= this.#limit ? this.#idlest() : undefined;
    if (idlest !== undefined) this.#finish(idlest, "limit");
    this.#open.set(id, { busy: 0, used: performance.now() });
  }

  /** Ends those that nobody has used for so long. */
  expire(idleMs: number): void {
    const since = performance.now() - idleMs;
    for (const [id, { busy, used }] of this.#open) {
      if (busy === 0 && used <= since) this.#finish(id, "idle");
    }
  }

  #touch(id: string, session: Session): void {
    session.used = performance.now();
    if (!this.#open.delete(id)) return;
    this.#open.set(id, session);
  }

  #idlest(): string | undefined {
    for (const [id, { busy }] of this.#open) if (busy === 0) return id;
    return undefined;
  }

  #finish(id: string, cause: Cause): void {
    this.#open.delete(id);
    this.#end(id, cause);
  }
}
