import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { enterDeadline } from "../calls/deadline.ts";
import type { McpWatch } from "../mcp/watch.ts";
import { requestDuration, requestsInFlight } from "../metrics.ts";
import { OWN_HEADER, OWN_MARK } from "../own-server.ts";
import { makeLast } from "./last-answer.ts";
import { opensStream, Streams } from "./streams.ts";

/** How long the ends of streams may take to reach their clients. */
const STREAM_END_MS = 500;

interface RequestStart {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/** Sees the agent's HTTP server from outside, through Node's own diagnostics channel. */
export class HttpActivity {
  readonly #port: number;
  readonly #calls = new Set<ServerResponse>();
  readonly #streams = new Streams();
  #server: Server | undefined;
  #watch: McpWatch | undefined;
  #draining = false;

  constructor(port: number) {
    this.#port = port;
    subscribe("http.server.request.start", (message) => this.#started(message as RequestStart));
  }

  /** Lets MCP's messages be counted from now on. */
  watch(watch: McpWatch): void {
    this.#watch = watch;
  }

  /**
   * Lets the calls in flight end and ends the streams; returns how many calls had to be cut off. It
   * goes on to accept for `lingerMs`, or until no client is connected: those that know this process
   * learn meanwhile that it leaves, and their connections end with an answer instead of a request.
   */
  async drain(limitMs: number, lingerMs: number): Promise<number> {
    const limit = performance.now() + limitMs;
    this.#draining = true;
    for (const response of this.#calls) makeLast(response);
    await until(performance.now() + Math.min(lingerMs, limitMs / 2), () => this.#isLeft());
    this.#server?.close();
    await until(limit, async () => this.#calls.size === 0);
    const cutOff = this.#calls.size;
    await this.#streams.end(STREAM_END_MS);
    this.#server?.closeAllConnections();
    return cutOff;
  }

  /** Whether no client is connected but those that listen to streams. */
  async #isLeft(): Promise<boolean> {
    const server = this.#server;
    if (!server) return true;
    const connections = await new Promise<number>((resolve) => {
      server.getConnections((_error, count) => resolve(count ?? 0));
    });
    return this.#calls.size === 0 && connections <= this.#streams.connections;
  }

  #started({ request, response, server }: RequestStart): void {
    if (request.socket.localPort !== this.#port) return;
    this.#server = server;
    if (this.#draining) makeLast(response);
    if (request.headers[OWN_HEADER] === OWN_MARK) return;
    enterDeadline(request);
    try {
      this.#watch?.request(request, response);
    } catch {
      // Watching must never be what breaks a call.
    }
    if (opensStream(request)) return this.#streams.add(request, response);
    this.#calls.add(response);
    // What is no POST is no message of MCP's, but has to be answered too.
    const end = request.method === "POST" ? requestDuration.startTimer() : undefined;
    if (end) requestsInFlight.inc();
    response.once("close", () => {
      this.#calls.delete(response);
      if (!end) return;
      end({ code: response.statusCode });
      requestsInFlight.dec();
    });
  }
}

/** Resolves when something is so, or at a point in time. */
async function until(limit: number, isSo: () => Promise<boolean>): Promise<void> {
  while (performance.now() < limit && !(await isSo())) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(50, limit - performance.now())));
  }
}
