import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { dependency } from "mcp-mesh-types";

/** What to call, how, and how much; bounded in time, and in number by the pace. */
export type Load = {
  /**
   * mesh: a dependency, through the runtime. client: one client of the SDK for all calls. clients: a new
   * one for each call. sessions: a client for each of ten sessions. Only the first tries anything twice.
   */
  via: "mesh" | "client" | "clients" | "sessions";
  url: string;
  capability: string;
  tool: string;
  arguments: Record<string, unknown>;
  /** What the text of each answer contains. */
  expect: string;
  seconds: number;
} & ({ perSecond: number } | { workers: number });

const TIMEOUT_MS = 15_000;
const SESSIONS = 10;

/** The dependency that a mesh caller declares and calls. */
export const declared = (load: Load) => dependency({ capability: load.capability });

/** A function that makes one call in the way the load says, and throws unless the answer is right. */
export function callsBy(load: Load): () => Promise<void> {
  const check = (answer: object & { content?: unknown; isError?: unknown }) => {
    const text = JSON.stringify(answer.content);
    if (answer.isError || !text.includes(load.expect)) throw new Error(`it answered ${text}`);
  };
  const params = { name: load.tool, arguments: load.arguments };
  if (load.via === "mesh") {
    const call = declared(load);
    return async () => check(await call(load.arguments, { timeoutMs: TIMEOUT_MS }));
  }
  let kept: Promise<Client> | undefined;
  const ask = async (client: Client) =>
    check(await client.callTool(params, undefined, { timeout: TIMEOUT_MS }));
  if (load.via === "client") {
    return async () => {
      const connecting = (kept ??= connect(load.url));
      connecting.catch(() => {
        kept = undefined;
      });
      await ask(await connecting);
    };
  }
  if (load.via === "sessions") {
    const sessions = Array.from({ length: SESSIONS }, () => connect(load.url));
    let turn = 0;
    return async () => ask(await (sessions[turn++ % SESSIONS] as Promise<Client>));
  }
  return async () => {
    const client = await connect(load.url);
    try {
      await ask(client);
    } finally {
      await client.close();
    }
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ name: "load", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)), { timeout: TIMEOUT_MS });
  return client;
}
