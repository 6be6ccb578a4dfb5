import { setTimeout } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** Connects the official SDK's client while `use` runs. */
export async function withClient<T>(
  url: string,
  use: (client: Client) => Promise<T>,
  onStreamEnd?: () => void,
): Promise<T> {
  const client = new Client({ name: "gateway-test", version: "1.0.0" });
  // What the standalone stream suffers is not what is asked here.
  client.onerror = () => {};
  const options = onStreamEnd ? { fetch: watchingFetch(onStreamEnd) } : {};
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), options));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Tells when the answer to a request ends, as it should or not. */
function watchingFetch(onEnd: () => void) {
  return async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    const reader = init?.method === "POST" ? response.body?.getReader() : undefined;
    if (!reader) return response;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read().catch((error) => {
          onEnd();
          throw error;
        });
        if (!done) return controller.enqueue(value);
        onEnd();
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    });
    return new Response(body, response);
  };
}

export interface LongCall {
  /** The result's text, or undefined if it never came. */
  text?: string;
  error?: string;
  /** Seconds from the call to each progress event, and to the end of the answer. */
  progress: number[];
  seconds: number;
}

/** Lets the reference server work for that long, with a progress event at the end of each step. */
export async function longCall(url: string, duration: number, steps: number): Promise<LongCall> {
  const progress: number[] = [];
  const ended = Promise.withResolvers<void>();
  let started: number | undefined;
  const elapsed = () => (performance.now() - (started ?? 0)) / 1000;
  const work = async (client: Client): Promise<{ text?: string; error?: string }> => {
    started = performance.now();
    const call = { name: "trigger-long-running-operation", arguments: { duration, steps } };
    const calling = client.callTool(call, undefined, {
      onprogress: () => progress.push(elapsed()),
      timeout: 3 * duration * 1000,
    });
    // What ends without a result was cut: the SDK would wait on, for the result by another way.
    const cut = ended.promise.then(() => setTimeout(2000));
    const result = await Promise.race([calling, cut]);
    calling.catch(() => {});
    return result ? { text: textOf(result) } : { error: "the answer ended without a result" };
  };
  let seconds = 0;
  const onEnd = () => {
    // Those before the call are the handshake's.
    if (started === undefined || elapsed() < 5) return;
    seconds = elapsed();
    ended.resolve();
  };
  const answer = await withClient(url, work, onEnd).catch((error: Error) => ({
    error: error.message,
  }));
  return { ...answer, progress, seconds };
}

/** Sends a request of that many bytes; returns how many the server got of the message. */
export async function bigCall(url: string, bytes: number): Promise<number> {
  return withClient(url, async (client) => {
    const empty = { name: "echo", arguments: { message: "" } };
    const envelope = JSON.stringify({ method: "tools/call", params: empty, jsonrpc: "2.0", id: 1 });
    const message = "x".repeat(bytes - envelope.length);
    const result = await client.callTool({ ...empty, arguments: { message } });
    return textOf(result).length - "Echo: ".length + envelope.length;
  });
}

export const textOf = (result: unknown): string => {
  const { content = [] } = result as { content?: { text?: string }[] };
  return content.map(({ text = "" }) => text).join("");
};
