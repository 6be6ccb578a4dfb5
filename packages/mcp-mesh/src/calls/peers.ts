import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type CallToolResult, ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { CallOptions } from "mcp-mesh-types";

const DEFAULT_DEADLINE_MS = 30_000;
const CONNECT_DEADLINE_MS = 5_000;
const NEVER_CONNECTED = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** MCP clients of other agents, one for each endpoint, connected when first called. */
export class Peers {
  readonly #clients = new Map<string, Promise<Client>>();

  /**
   * Calls a tool. A call that surely never reached the tool (nobody listened, or the server had
   * forgotten the session) is made once more on a new connection; any other failure may have done
   * something already, and is the caller's to judge. `carrier` is the trace context that the message
   * takes along.
   */
  async call(
    endpoint: string,
    tool: string,
    args: Record<string, unknown>,
    { timeoutMs = DEFAULT_DEADLINE_MS, signal }: CallOptions,
    carrier?: Record<string, string>,
  ): Promise<CallToolResult> {
    const deadline = Date.now() + timeoutMs;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const connecting = this.#connect(endpoint);
      try {
        const client = await within(connecting, deadline);
        // Before the arguments, where a server's runtime finds it however large they are.
        const params = { name: tool, ...(carrier && { _meta: carrier }), arguments: args };
        const result = await client.callTool(params, undefined, {
          timeout: Math.max(1, deadline - Date.now()),
          signal,
        });
        return result as CallToolResult;
      } catch (error) {
        signal?.throwIfAborted();
        if (brokeConnection(error)) this.#forget(endpoint, connecting);
        if (attempt > 1 || !neverReachedTool(error)) throw error;
      }
    }
  }

  /** Closes the clients of endpoints that nothing leads to any more. */
  retain(endpoints: Set<string>): void {
    for (const [endpoint, client] of this.#clients) {
      if (!endpoints.has(endpoint)) this.#forget(endpoint, client);
    }
  }

  #connect(endpoint: string): Promise<Client> {
    const known = this.#clients.get(endpoint);
    if (known) return known;
    const client = new Client({ name: "mcp-mesh", version: "0.1.0" });
    const transport = new StreamableHTTPClientTransport(new URL("/mcp", endpoint));
    const connecting = client
      .connect(transport, { timeout: CONNECT_DEADLINE_MS })
      .then(() => client);
    connecting.catch(() => this.#forget(endpoint, connecting));
    this.#clients.set(endpoint, connecting);
    return connecting;
  }

  #forget(endpoint: string, connecting: Promise<Client>): void {
    if (this.#clients.get(endpoint) === connecting) this.#clients.delete(endpoint);
    void connecting.then((client) => client.close()).catch(() => {});
  }
}

async function within<T>(promise: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const timeout = new McpError(ErrorCode.RequestTimeout, "Request timed out");
    timer = setTimeout(() => reject(timeout), Math.max(0, deadline - Date.now()));
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Whether the error says nothing about the call, but that the connection is of no more use. */
function brokeConnection(error: unknown): boolean {
  return !(error instanceof McpError) || error.code === ErrorCode.ConnectionClosed;
}

function neverReachedTool(error: unknown): boolean {
  if (error instanceof StreamableHTTPError) return error.code === 404 || error.code === 400;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (NEVER_CONNECTED.has((cause as NodeJS.ErrnoException).code ?? "")) return true;
  }
  return false;
}

/** Whether the error means that the peer is away, rather than that it refused the call. */
export function isAbsence(error: unknown): boolean {
  if (!(error instanceof McpError)) return true;
  return error.code === ErrorCode.RequestTimeout || error.code === ErrorCode.ConnectionClosed;
}
