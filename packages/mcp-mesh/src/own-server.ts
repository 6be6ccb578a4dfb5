import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { Client, SdkHttpError, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import manifest from "../package.json" with { type: "json" };
import { podFetch } from "./calls/pod-fetch.ts";

/** Marks the runtime's own requests, which are no traffic. Nobody else knows the value. */
export const OWN_HEADER = "mcp-mesh-own";
export const OWN_MARK = randomUUID();

const DEADLINE_MS = 5_000;

/** By which a server refuses a name that it does not answer to. */
const WRONG_HOST = [403, 421];

export type ListedTool = Awaited<ReturnType<Client["listTools"]>>["tools"][number];

/** The agent's MCP server, as a client on the same machine sees it. */
export class OwnServer {
  readonly #host: string;
  readonly #port: number;

  /** `host` is the name under which others reach it. */
  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /**
   * Its version and its tools, in whatever revision of MCP it speaks. A server may answer to its
   * own name alone, so that is tried when it refuses the local address.
   */
  async ask(): Promise<{ version: string; tools: ListedTool[] }> {
    try {
      return await list(new URL(`http://127.0.0.1:${this.#port}/mcp`));
    } catch (error) {
      const refused = error instanceof SdkHttpError && WRONG_HOST.includes(error.status);
      if (!refused || isIP(this.#host) !== 0) throw error;
      return await list(new URL(`http://${this.#host}:${this.#port}/mcp`));
    }
  }
}

async function list(url: URL): Promise<{ version: string; tools: ListedTool[] }> {
  const versionNegotiation = { mode: "auto", probe: { timeoutMs: DEADLINE_MS } } as const;
  const identity = { name: "mcp-mesh", version: manifest.version };
  const client = new Client(identity, { versionNegotiation });
  // The name that is asked for may lead elsewhere, or nowhere yet: this very process is meant.
  const here = podFetch(url.origin, "127.0.0.1");
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { [OWN_HEADER]: OWN_MARK } },
    fetch: here.fetch,
  });
  try {
    await client.connect(transport, { timeout: DEADLINE_MS });
    const { tools } = await client.listTools(undefined, { timeout: DEADLINE_MS });
    const version = client.getServerVersion()?.version ?? "0.0.0";
    if (transport.sessionId) await transport.terminateSession();
    return { version, tools };
  } finally {
    await client.close();
    await here.destroy();
  }
}
