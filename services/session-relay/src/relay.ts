import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "mcp-mesh/log";
import { McpWatch, metrics } from "mcp-mesh/observe";
import { badGateway, sessionLost, unavailable } from "./answers.ts";
import { RELAYED, SESSION } from "./headers.ts";
import type { Health } from "./health.ts";
import { type Asked, toServer } from "./local.ts";
import { forwarded, sessionsEnded } from "./metrics.ts";
import type { LocalServer } from "./server.ts";
import { unmark } from "./session-id.ts";
import type { Sessions } from "./sessions.ts";
import type { SiblingPods } from "./sibling-pods.ts";

export interface Parts {
  address: string;
  path: string;
  server: LocalServer;
  sessions: Sessions;
  others: SiblingPods;
  health: Health;
  log: Log;
}

/** Stands before an unmodified server, and brings each request to the pod that has its session. */
export class Relay {
  readonly #parts: Parts;
  #watch: McpWatch | undefined;
  #calls = 0;
  /** Whether it takes no more new sessions, because the pod is about to end. */
  draining = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Requests under way, streams of notifications left out: those stay open as long as a client. */
  get calls(): number {
    return this.#calls;
  }

  /** Counts the messages that pass from now on; `tools` are those of the server. */
  watch(tools: string[]): void {
    this.#watch = new McpWatch(new Set(tools));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const counted = request.method === "POST";
    if (counted) this.#calls++;
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    // Whatever goes wrong with a response closes it.
    response.on("error", () => undefined);
    // Who comes again over a new connection is led to the new pod.
    if (this.draining) response.shouldKeepAlive = false;
    try {
      await this.#route(request, response);
      await closed;
    } finally {
      if (counted) this.#calls--;
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { address, path, others } = this.#parts;
    if (request.url?.split("?", 1)[0] !== path) return this.#local(request, response, undefined);
    const relayed = request.headers[RELAYED] !== undefined;
    if (relayed && request.method === "HEAD") return this.#answerSibling(response);
    const marked = request.headers[SESSION];
    if (marked === undefined) {
      const other = this.draining && !relayed ? await others.successor() : undefined;
      if (other === undefined) return this.#local(request, response, undefined);
      return this.#toSibling(request, response, other, "draining");
    }
    const owned = unmark(String(marked));
    if (owned?.address === address) return this.#local(request, response, owned.id);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    // What a sibling has passed on already is either for this pod, or for nobody.
    const there = owned && !relayed && (await others.has(owned.address, gone.signal));
    if (there) return this.#toSibling(request, response, owned.address, "session");
    sessionsEnded.inc({ cause: "lost" });
    sessionLost(response);
  }

  async #local(request: IncomingMessage, response: ServerResponse, session: string | undefined) {
    this.#watch?.request(request, response);
    if (request.method === "POST") measure(response);
    else if (request.method === "GET") measureStream(response);
    const asked: Asked = { request, response, session };
    try {
      await toServer(asked, this.#parts);
    } catch (error) {
      this.#failed(response, error, "the server");
    }
  }

  async #toSibling(
    request: IncomingMessage,
    response: ServerResponse,
    address: string,
    reason: "session" | "draining",
  ): Promise<void> {
    forwarded.inc({ reason });
    try {
      await this.#parts.others.pass(request, response, address);
    } catch (error) {
      this.#failed(response, error, `the sibling ${address}`);
    }
  }

  async #answerSibling(response: ServerResponse): Promise<void> {
    const unable = this.draining || (await this.#parts.health.unready()) !== undefined;
    response.writeHead(unable ? 503 : 204).end();
  }

  #failed(response: ServerResponse, error: unknown, who: string): void {
    const { code } = error as { code?: string };
    this.#parts.log.warn("a request failed", { at: who, code, reason: String(error) });
    const unreachable = code === "ECONNREFUSED" || code === "UND_ERR_CONNECT_TIMEOUT";
    if (unreachable && who === "the server") this.#parts.health.failed();
    if (unreachable) unavailable(response, `Service Unavailable: ${who} cannot be reached`);
    else badGateway(response);
  }
}

/** A GET is a stream of notifications that stays open for as long as the client does: no call. */
function measureStream(response: ServerResponse): void {
  metrics.streams.inc();
  response.once("close", () => metrics.streams.dec());
}

function measure(response: ServerResponse): void {
  const end = metrics.requestDuration.startTimer();
  metrics.requestsInFlight.inc();
  response.once("close", () => {
    end({ code: response.statusCode });
    metrics.requestsInFlight.dec();
  });
}
