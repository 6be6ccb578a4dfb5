import type { IncomingMessage, ServerResponse } from "node:http";
import { messages, toolCalls } from "../metrics.ts";
import { type Ending, Exchange } from "./exchange.ts";
import { isRequest, type Message } from "./messages.ts";
import { Sessions } from "./sessions.ts";
import { eraLabel, methodLabel } from "./vocabulary.ts";

/** Starts the span of each request that a POST brings; the returned function ends it. */
export type RequestSpans = (message: Message) => (ending: Ending) => void;

/** What makes spans of requests. */
export interface CallTracer {
  /** Hears of every HTTP request before the agent does. */
  enter(request: IncomingMessage, response: ServerResponse): RequestSpans;
}

/** Counts the messages, tool calls and sessions of an agent from what passes over HTTP. */
export class McpWatch {
  readonly #tools: ReadonlySet<string>;
  readonly #tracer: CallTracer | undefined;
  readonly #sessions = new Sessions();

  /** `tools` are the agent's own, now and later: clients can name any, and labels must stay few. */
  constructor(tools: ReadonlySet<string>, tracer?: CallTracer) {
    this.#tools = tools;
    this.#tracer = tracer;
  }

  /** Watches a request of which only the headers are there. */
  request(request: IncomingMessage, response: ServerResponse): void {
    const spans = this.#tracer?.enter(request, response);
    const session = text(request.headers["mcp-session-id"]);
    if (session !== undefined) {
      const { method } = request;
      response.once("close", () => this.#sessions.used(session, method, response.statusCode));
    }
    if (request.method !== "POST") return;
    const arrived = performance.now();
    const revision = text(request.headers["mcp-protocol-version"]);
    const received = (message: Message) => {
      const { method } = message;
      messages.inc({ method: methodLabel(method), era: eraLabel(message.revision ?? revision) });
      const count =
        method === "tools/call"
          ? this.#toolCall(message, arrived)
          : method === "initialize"
            ? () => this.#opened(response)
            : undefined;
      const endSpan = isRequest(message) ? spans?.(message) : undefined;
      if (!count || !endSpan) return count ?? endSpan;
      return (ending: Ending) => {
        count(ending);
        endSpan(ending);
      };
    };
    // Trace context travels in the body alone; for the metrics, headers suffice where they are.
    Exchange.watch(request, response, received, spans !== undefined);
  }

  #toolCall({ name = "" }: Message, arrived: number): (ending: Ending) => void {
    const tool = this.#tools.has(name) ? name : "unknown";
    return (ending) => {
      const outcome = outcomeOf(ending);
      if (outcome) toolCalls.observe({ tool, outcome }, (performance.now() - arrived) / 1000);
    };
  }

  #opened(response: ServerResponse): void {
    const id = response.statusCode < 300 ? sentHeader(response, "mcp-session-id") : undefined;
    if (id !== undefined) this.#sessions.opened(id);
  }
}

/** How a tool call went; undefined if its answer cannot be seen. */
export function outcomeOf(ending: Ending): "ok" | "tool_error" | "failed" | undefined {
  switch (ending) {
    case "refused":
    case "cut off":
      return "failed";
    case "compressed":
      return "ok";
    case "answered elsewhere":
      return undefined;
    default:
      return ending.failed ? "failed" : ending.toolError ? "tool_error" : "ok";
  }
}

/**
 * A header that was sent. Node keeps those given to `writeHead` alone nowhere but in the text that
 * it sent, which it has shown as `_header` since its beginnings (express's own logger reads it).
 */
function sentHeader(response: ServerResponse, name: string): string | undefined {
  const { _header: head } = response as { _header?: string | null };
  return new RegExp(`^${name}: *(.*?)\\r?$`, "im").exec(head ?? "")?.[1];
}

function text(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
