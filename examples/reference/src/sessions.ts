import { randomUUID } from "node:crypto";
import {
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { Events } from "./events.ts";

/** When a client that lost its stream should come again, in milliseconds. */
const RETRY_MS = 500;

/** Clients of 2025 with a session each: a server of its own, which may ask them and whose streams resume. */
export class Sessions {
  readonly #create: () => McpServer;
  readonly #open = new Map<string, WebStandardStreamableHTTPServerTransport>();

  constructor(create: () => McpServer) {
    this.#create = create;
  }

  /** Answers a request of a session, or the one that begins a session. */
  async fetch(request: Request): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id === null) return this.#begin(request);
    const session = this.#open.get(id);
    // 404 makes the client begin a new session.
    return session?.handleRequest(request) ?? refusal(404, -32001, "Session not found");
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.close()));
  }

  /** The transport itself refuses what is not an `initialize`. */
  async #begin(request: Request): Promise<Response> {
    if (request.method !== "POST") return refusal(400, -32000, "Mcp-Session-Id is missing");
    const server = this.#create();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new Events(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) => {
        this.#open.set(id, transport);
      },
    });
    await server.connect(transport);
    const closed = server.server.onclose;
    server.server.onclose = () => {
      closed?.();
      if (transport.sessionId) this.#open.delete(transport.sessionId);
    };
    const response = await transport.handleRequest(request);
    if (!transport.sessionId) await server.close();
    return response;
  }
}

function refusal(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status });
}
