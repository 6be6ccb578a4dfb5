import { type Dispatcher, Pool } from "undici";

const ACCEPT = "application/json, text/event-stream";
const REVISION = "2025-11-25";
const MOST_BODY = 1 << 20;

/** What an exchange with the server has shown. */
export interface Proof {
  /** The names of its tools; empty where it tells them to nobody unknown. */
  tools: string[];
}

/** The unmodified server beside the relay, and what the relay itself says to it. */
export class LocalServer {
  readonly origin: string;
  readonly dispatcher: Dispatcher;
  readonly #path: string;

  constructor(port: number, path: string) {
    this.origin = `http://127.0.0.1:${port}`;
    this.#path = path;
    // Calls and streams last as long as they last; whoever waits for them decides.
    this.dispatcher = new Pool(this.origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: 2_000 },
    });
  }

  /** Does what a client does: opens a session, lists the tools, ends it. Throws what is wrong. */
  async prove(signal: AbortSignal): Promise<Proof> {
    const params = {
      protocolVersion: REVISION,
      capabilities: {},
      clientInfo: { name: "session-relay", version: "0.1.0" },
    };
    const opened = await this.#ask("initialize", params, undefined, signal);
    // It wants to know who asks: it speaks, and that was the question.
    if (opened.status === 401 || opened.status === 403) return { tools: [] };
    if (opened.status >= 300) throw new Error(`initialize was answered with ${opened.status}`);
    if (!messageIn(opened.text)?.result)
      throw new Error("initialize was answered without a result");
    const { session } = opened;
    await this.#ask("notifications/initialized", undefined, session, signal);
    const listed = await this.#ask("tools/list", {}, session, signal);
    if (session !== undefined) await this.end(session, signal);
    const tools = messageIn(listed.text)?.result?.tools;
    return { tools: Array.isArray(tools) ? tools.map(({ name }) => String(name)) : [] };
  }

  /** Whether the server still knows a session; `identity` is what its client shows of itself. */
  async knows(id: string, identity: string | undefined, signal: AbortSignal): Promise<boolean> {
    const extra: Record<string, string> = identity ? { authorization: identity } : {};
    const { status } = await this.#ask("ping", undefined, id, signal, extra);
    return status !== 400 && status !== 404;
  }

  /** Ends a session. A server that lets nobody do so keeps it. */
  async end(id: string, signal: AbortSignal): Promise<void> {
    const { body } = await this.dispatcher.request({
      origin: this.origin,
      path: this.#path,
      method: "DELETE",
      headers: { "mcp-session-id": id, "mcp-protocol-version": REVISION },
      signal,
    });
    await body.dump();
  }

  async #ask(
    method: string,
    params: object | undefined,
    session: string | undefined,
    signal: AbortSignal,
    extra: Record<string, string> = {},
  ) {
    const id = method.startsWith("notifications/") ? undefined : "session-relay";
    const { statusCode, headers, body } = await this.dispatcher.request({
      origin: this.origin,
      path: this.#path,
      method: "POST",
      headers: {
        ...extra,
        accept: ACCEPT,
        "content-type": "application/json",
        ...(method === "initialize" ? {} : { "mcp-protocol-version": REVISION }),
        ...(session === undefined ? {} : { "mcp-session-id": session }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
      signal,
    });
    const text = await readBody(body);
    const given = headers["mcp-session-id"];
    return { status: statusCode, text, session: typeof given === "string" ? given : undefined };
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BODY) throw new Error("the answer is longer than 1 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

interface Answer {
  result?: { tools?: { name: unknown }[] };
}

/** The response in a JSON body or in a stream of events, which may hold other messages too. */
function messageIn(text: string): Answer | undefined {
  const lines = text.startsWith("{") ? [text] : text.split(/\r?\n/).map(dataOf);
  return lines.map(parse).find((message) => message?.result !== undefined);
}

const dataOf = (line: string) => (line.startsWith("data:") ? line.slice(5) : "");

function parse(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}
