import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

interface Stored {
  stream: string;
  message: JSONRPCMessage;
}

/** Beyond these, the oldest are forgotten: a session may last for days. */
const KEPT = 1_000;

/**
 * The last messages of one session, from which a client resumes a stream that broke. It has no
 * `getStreamIdForEventId`: with it, the SDK refuses to resume a stream whose loss the server has
 * not noticed yet.
 */
export class Events implements EventStore {
  readonly #stored = new Map<string, Stored>();
  #count = 0;

  async storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const id = String(++this.#count);
    this.#stored.set(id, { stream, message });
    for (const oldest of this.#stored.keys()) {
      if (this.#stored.size <= KEPT) break;
      this.#stored.delete(oldest);
    }
    return id;
  }

  async replayEventsAfter(
    last: string,
    { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const stream = this.#stored.get(last)?.stream;
    if (stream === undefined) throw new Error(`Event ${last} is unknown or too old.`);
    for (const [id, stored] of this.#stored) {
      // A stream begins with an event that has a number and no message.
      const empty = Object.keys(stored.message).length === 0;
      if (stored.stream === stream && Number(id) > Number(last) && !empty) {
        await send(id, stored.message);
      }
    }
    return stream;
  }
}
