import { randomUUID } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { RecentEvents } from "./recent-events.ts";

const MAX_SESSIONS = 100;
const MAX_EVENT_BYTES = 256 * 1024;

/** The sessions of this process, each with a server of its own; of too many the longest idle go. */
export class Sessions {
  // In the order of their last use.
  readonly #transports = new Map<string, StreamableHTTPServerTransport>();
  readonly #createServer: () => McpServer;

  constructor(createServer: () => McpServer) {
    this.#createServer = createServer;
  }

  /** The transport of a session that is open, or undefined. */
  find(id: string): StreamableHTTPServerTransport | undefined {
    const transport = this.#transports.get(id);
    if (transport) this.#use(id, transport);
    return transport;
  }

  /** A transport for who has no session yet; it becomes one when the client initializes. */
  async open(): Promise<StreamableHTTPServerTransport> {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new RecentEvents(MAX_EVENT_BYTES),
      onsessioninitialized: (id) => this.#use(id, transport),
    });
    transport.onclose = () => this.#transports.delete(transport.sessionId ?? "");
    await this.#createServer().connect(transport);
    return transport;
  }

  /** Ends all of them, and with them the streams that are open. */
  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }

  #use(id: string, transport: StreamableHTTPServerTransport): void {
    this.#transports.delete(id);
    this.#transports.set(id, transport);
    const [idle] = this.#transports.values();
    if (this.#transports.size > MAX_SESSIONS) void idle?.close();
  }
}
