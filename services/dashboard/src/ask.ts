import { reason } from "@mcp-mesh/registry/src/log.ts";

export interface Question {
  /** What the answer may take. */
  timeoutMs: number;
  maxBytes: number;
  /** Sent as a form by POST; without it the question is a GET. */
  form?: Record<string, string>;
  stopped: AbortSignal;
}

/** An answer that says by its status that it is none; `body` is what it says of it. */
export class Refusal extends Error {
  readonly body: string;
  constructor(status: number, body: string) {
    super(`it answered with status ${status}`);
    this.body = body;
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`its answer is larger than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function explain(error: unknown, timeoutMs: number): string {
  if (error instanceof SyntaxError) return "its answer is not JSON";
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `it did not answer within ${timeoutMs / 1000} s`;
  }
  // `fetch failed` says nothing; the cause names the address and what happened.
  return reason(error instanceof Error && error.cause ? error.cause : error);
}

/**
 * Asks for JSON. Rejects, with a message that completes "the registry can't be read: …", when there is
 * no answer in time, one that is too large, a redirect, or none that is JSON.
 */
export async function ask(
  url: string,
  { timeoutMs, maxBytes, form, stopped }: Question,
): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]),
      ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
    });
    const text = await readText(response, maxBytes);
    if (!response.ok) throw new Refusal(response.status, text);
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Error(explain(error, timeoutMs));
  }
}
