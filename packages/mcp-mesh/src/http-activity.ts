import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { McpWatch } from "./mcp/watch.ts";
import { requestDuration, requestsInFlight } from "./metrics.ts";

interface RequestStart {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/** Sees the agent's HTTP server from outside, through Node's own diagnostics channel. */
export class HttpActivity {
  readonly #port: number;
  #server: Server | undefined;
  #calls = 0;
  #idle: (() => void) | undefined;
  #watch: McpWatch | undefined;

  constructor(port: number) {
    this.#port = port;
    subscribe("http.server.request.start", (message) => this.#started(message as RequestStart));
  }

  /** Lets MCP's messages be counted from now on. */
  watch(watch: McpWatch): void {
    this.#watch = watch;
  }

  /** Stops listening, lets the calls in flight end, and returns how many had to be cut off. */
  async drain(limitMs: number): Promise<number> {
    this.#server?.close();
    if (this.#calls > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        setTimeout(resolve, limitMs).unref();
      });
    }
    this.#server?.closeAllConnections();
    return this.#calls;
  }

  #started({ request, response, server }: RequestStart): void {
    if (request.socket.localPort !== this.#port) return;
    this.#server = server;
    try {
      this.#watch?.request(request, response);
    } catch {
      // Watching must never be what breaks a call.
    }
    // A GET is a stream of notifications that stays open for as long as the client does: no call.
    if (request.method !== "POST") return;
    const end = requestDuration.startTimer();
    requestsInFlight.set(++this.#calls);
    response.once("close", () => {
      end({ code: response.statusCode });
      requestsInFlight.set(--this.#calls);
      if (this.#calls === 0) this.#idle?.();
    });
  }
}
