import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** Connects the official SDK's client while `use` runs. */
export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ name: "gateway-test", version: "1.0.0" });
  // What the standalone stream suffers is not what is asked here.
  client.onerror = () => {};
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

export interface LongCall {
  /** The result's text, or undefined if it never came. */
  text?: string;
  error?: string;
  /** Seconds from the call to each progress event, and to its end. */
  progress: number[];
  seconds: number;
}

/** Lets the reference server work for that long, with a progress event at the end of each step. */
export async function longCall(url: string, duration: number, steps: number): Promise<LongCall> {
  let started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const progress: number[] = [];
  const answer = await withClient(url, async (client) => {
    started = performance.now();
    const call = { name: "trigger-long-running-operation", arguments: { duration, steps } };
    const result = await client.callTool(call, undefined, {
      onprogress: () => progress.push(elapsed()),
      timeout: (duration + 10) * 1000,
    });
    return { text: textOf(result) };
  }).catch((error: Error) => ({ error: error.message }));
  return { ...answer, progress, seconds: elapsed() };
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
