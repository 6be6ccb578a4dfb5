import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { dependency } from "mcp-mesh-types";

/** What to call, how, and how much; bounded in time, and in number by the pace. */
export type Load = {
  /**
   * mesh: a dependency, through the runtime. client: one client of the SDK for all calls. clients: a new
   * one for each call. sessions: ten at once, each with its session. Only the first tries anything twice.
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

/** One call, which throws unless the answer is right; and what is to be done after the last one. */
export interface Way {
  call: () => Promise<void>;
  leave: () => Promise<void>;
}

/** Long, because what is looked for is what breaks, not what is slow. */
const TIMEOUT_MS = 60_000;
const SESSIONS = 10;

/** The dependency that a mesh caller declares and calls. */
export const declared = (load: Load) => dependency({ capability: load.capability });

/** Makes calls in the way that the load says. */
export function wayOf(load: Load): Way {
  if (load.via === "mesh") {
    const call = declared(load);
    const leave = async () => {};
    return {
      call: async () => check(await call(load.arguments, { timeoutMs: TIMEOUT_MS })),
      leave,
    };
  }
  const ask = async ({ client }: Connected) => {
    const params = { name: load.tool, arguments: load.arguments };
    check(await client.callTool(params, undefined, { timeout: TIMEOUT_MS }));
  };
  if (load.via === "clients") {
    const call = async () => {
      const connected = await connect(load.url);
      await ask(connected).finally(() => disconnect(connected));
    };
    return { call, leave: async () => {} };
  }
  // A handshake that fails is made again for the next call; one that was made is never repeated.
  const kept: (Promise<Connected> | undefined)[] = [];
  let turn = 0;
  const call = async () => {
    const place = turn++ % (load.via === "sessions" ? SESSIONS : 1);
    kept[place] ??= connect(load.url).catch((error) => {
      kept[place] = undefined;
      throw error;
    });
    await ask(await kept[place]);
  };
  const leave = async () => {
    for (const connecting of kept) await connecting?.then(disconnect, () => {});
  };
  return { call, leave };

  function check(answer: object & { content?: unknown; isError?: unknown }): void {
    const text = JSON.stringify(answer.content);
    if (answer.isError || !text.includes(load.expect)) throw new Error(`it answered ${text}`);
  }
}

interface Connected {
  client: Client;
  transport: StreamableHTTPClientTransport;
}

async function connect(url: string): Promise<Connected> {
  const client = new Client({ name: "load", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport, { timeout: TIMEOUT_MS });
  return { client, transport };
}

/** Ends the session where there is one, as a client should. */
async function disconnect({ client, transport }: Connected): Promise<void> {
  if (transport.sessionId) await transport.terminateSession();
  await client.close();
}
