import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type CallToolResult, CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Target } from "./targets.ts";

const RETRY_MS = 500;
/** One attempt's limit: a pod that hangs must not use up the time in which another would answer. */
const ATTEMPT_MS = 10_000;

export interface Result {
  target: string;
  ok: boolean;
  attempts: number;
  seconds: number;
  /** What the tool answered, if it passed. */
  text?: string;
  /** Why the last attempt failed, if it did not. */
  reason?: string;
}

/** Checks a target until it passes or the deadline (in milliseconds since the epoch) is over. */
export async function checkUntil(target: Target, deadline: number): Promise<Result> {
  const started = Date.now();
  let reason: string | undefined;
  for (let attempts = 1; ; attempts++) {
    const left = Math.max(1, deadline - Date.now());
    const result = () => ({
      target: target.name,
      attempts,
      seconds: (Date.now() - started) / 1000,
    });
    try {
      const text = await checkOnce(target, Math.min(ATTEMPT_MS, left));
      return { ...result(), ok: true, text };
    } catch (error) {
      // An attempt that the deadline cut short tells less than the whole one before it.
      if (reason === undefined || Date.now() < deadline) reason = explain(error);
    }
    if (Date.now() + RETRY_MS >= deadline) return { ...result(), ok: false, reason };
    await sleep(RETRY_MS);
  }
}

/** One handshake, listing and call, as any MCP client would do it. Returns the result's text. */
async function checkOnce(target: Target, timeout: number): Promise<string> {
  const client = new Client({ name: "mcp-mesh-release-check", version: "0.1.0" });
  const transport = new StreamableHTTPClientTransport(new URL(target.url));
  try {
    await step("initialize", client.connect(transport, { timeout }));
    const { tools } = await step("tools/list", client.listTools(undefined, { timeout }));
    const names = tools.map((tool) => tool.name);
    if (!names.includes(target.tool)) {
      throw new Error(`tools/list names no tool "${target.tool}", only ${names.join(", ")}`);
    }
    const call = client.callTool(
      { name: target.tool, arguments: target.arguments },
      CallToolResultSchema,
      { timeout },
    );
    const result = (await step("tools/call", call)) as CallToolResult;
    const text = result.content
      .flatMap((part) => (part.type === "text" ? part.text : []))
      .join("\n");
    if (result.isError) throw new Error(`${target.tool} failed: ${text}`);
    if (!text.includes(target.expect)) {
      throw new Error(`${target.tool} answered "${text}", which lacks "${target.expect}"`);
    }
    if (transport.sessionId) await transport.terminateSession();
    return text;
  } finally {
    await client.close();
  }
}

async function step<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${name} failed`, { cause: error });
  }
}

/** An error's message with its causes', because `fetch failed` alone helps nobody. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const message = error.message || String(code ?? error.name);
  return error.cause === undefined ? message : `${message}: ${explain(error.cause)}`;
}
