import type { EventStore } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";

/**
 * The last events of one session, so that a client whose stream broke gets what it missed: at most
 * so many bytes, and the oldest go first. Who asks for what is gone is told so. It has no
 * `getStreamIdForEventId`: with it, the SDK refuses to resume a stream whose loss the server has not
 * noticed yet.
 */
export class RecentEvents implements EventStore {
  readonly #events = new Map<
    string,
    { streamId: string; message: JSONRPCMessage; bytes: number }
  >();
  readonly #maxBytes: number;
  #bytes = 0;
  #count = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
    const id = String(++this.#count);
    const bytes = JSON.stringify(message).length;
    this.#events.set(id, { streamId, message, bytes });
    this.#bytes += bytes;
    for (const [oldest, event] of this.#events) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#events.delete(oldest);
      this.#bytes -= event.bytes;
    }
    return id;
  }

  async replayEventsAfter(
    last: string,
    { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const streamId = this.#events.get(last)?.streamId;
    if (streamId === undefined) throw new Error(`What came after the event ${last} is gone.`);
    let after = false;
    for (const [id, event] of this.#events) {
      // A stream's first event has no message: it is there to be named, and not to be sent again.
      if (after && event.streamId === streamId && "jsonrpc" in event.message) {
        await send(id, event.message);
      }
      after ||= id === last;
    }
    return streamId;
  }
}
