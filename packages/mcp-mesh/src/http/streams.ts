import type { IncomingMessage, ServerResponse } from "node:http";
import { onBody } from "../mcp/exchange.ts";
import { messagesOfBody } from "../mcp/messages.ts";
import type { Scalar } from "../mcp/skim.ts";
import { streams } from "../metrics.ts";

const SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId";

/**
 * Whether a request opens a stream of notifications, which stays for as long as the client does: by
 * GET until 2025-11-25, by `subscriptions/listen` since.
 */
export function opensStream({ method, headers }: IncomingMessage): boolean {
  if (method === "POST") return headers["mcp-method"] === "subscriptions/listen";
  return method === "GET" && (headers.accept ?? "").includes("text/event-stream");
}

/** The streams of notifications that are open. */
export class Streams {
  /** The ids of those that `subscriptions/listen` opened. */
  readonly #open = new Map<ServerResponse, { subscription?: Scalar }>();

  get size(): number {
    return this.#open.size;
  }

  /** How many connections have one. */
  get connections(): number {
    return new Set([...this.#open.keys()].map((response) => response.socket)).size;
  }

  add(request: IncomingMessage, response: ServerResponse): void {
    const stream: { subscription?: Scalar } = {};
    this.#open.set(response, stream);
    streams.set(this.#open.size);
    if (request.method === "POST") {
      onBody(request, (body) => {
        stream.subscription = messagesOfBody(body)[0]?.id;
      });
    }
    response.once("close", () => {
      this.#open.delete(response);
      streams.set(this.#open.size);
    });
  }

  /** Ends all of them as MCP wants it, and as HTTP does: with an end, where a reset is an error. */
  async end(limitMs: number): Promise<void> {
    const ended = [...this.#open].map(([response, { subscription }]) => {
      // The server does not know yet, and may write once more.
      response.on("error", () => {});
      const last = response.headersSent ? completion(subscription) : undefined;
      return new Promise<void>((resolve) => {
        response.once("close", resolve);
        response.end(last, resolve);
      });
    });
    const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
    await Promise.race([Promise.all(ended), limit]);
  }
}

/** Tells a client that its subscription ended in order (revision 2026-07-28). */
function completion(subscription: Scalar | undefined): string | undefined {
  if (subscription === undefined) return undefined;
  const result = { resultType: "complete", _meta: { [SUBSCRIPTION_ID]: subscription } };
  const message = { jsonrpc: "2.0", id: subscription, result };
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
