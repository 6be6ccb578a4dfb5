import {
  type Client,
  type JSONRPCMessage,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";

type SendOptions = Parameters<StreamableHTTPClientTransport["send"]>[1];

/** One attempt at calling a tool. */
export interface Attempt {
  tool: string;
  args: Record<string, unknown>;
  /** Goes along in `_meta`. */
  carrier?: Record<string, string> | undefined;
  headers: Record<string, string>;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** What the transport does about the HTTP exchange of a request that is under way. */
interface Exchange {
  /** Aborted once nobody waits for the answer. */
  cut: AbortSignal;
  /** Hears that the answer's stream ended; the answer itself may still be on its way up. */
  ended(): void;
}

/**
 * The SDK's transport, which by itself leaves two things to the timeout of a call: an answer whose
 * stream ends early, as when a pod is killed, and the HTTP request of a call that was given up.
 */
export class PeerTransport extends StreamableHTTPClientTransport {
  /** By the arguments of the call, the one thing that goes through the SDK as it is. */
  readonly #exchanges = new WeakMap<object, Exchange>();

  attempt(client: Client, attempt: Attempt): Promise<object> {
    const { tool, carrier, headers, timeoutMs: timeout, signal } = attempt;
    const args = { ...attempt.args };
    const cut = new AbortController();
    return new Promise<object>((resolve, reject) => {
      const ended = () => {
        setImmediate(reject, new Error("the answer's stream ended before the answer"));
      };
      this.#exchanges.set(args, { cut: cut.signal, ended });
      // Before the arguments, where a server's runtime finds it however large they are.
      const params = { name: tool, ...(carrier && { _meta: carrier }), arguments: args };
      client.callTool(params, { timeout, signal, headers }).then(resolve, reject);
    }).catch((error) => {
      cut.abort();
      throw error;
    });
  }

  override send(message: JSONRPCMessage, options?: SendOptions): Promise<void> {
    const { arguments: args } = (message as { params?: { arguments?: object } }).params ?? {};
    const exchange = args && this.#exchanges.get(args);
    if (!exchange) return super.send(message, options);
    // Since 2026-07-28 the SDK cuts the exchange itself: that is how a call is cancelled.
    const requestSignal = options?.requestSignal ?? exchange.cut;
    return super.send(message, { ...options, requestSignal, onRequestStreamEnd: exchange.ended });
  }
}
