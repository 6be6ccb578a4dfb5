import type { IncomingMessage, ServerResponse } from "node:http";
import { type Context, type Span, SpanKind, trace } from "@opentelemetry/api";
import type { Ending } from "../mcp/exchange.ts";
import type { Message } from "../mcp/messages.ts";
import { methodLabel } from "../mcp/vocabulary.ts";
import type { CallTracer, RequestSpans } from "../mcp/watch.ts";
import type { Scope, Tracing } from "./tracing.ts";

/*
 * Names and attributes are those of OpenTelemetry's semantic conventions for MCP (docs/gen-ai/mcp.md
 * of its repository semantic-conventions-genai). Left out is `mcp.session.id`: whoever knows a
 * session's id can use the session.
 */

/** Makes a span of each request that an agent is sent. */
export class ServerSpans implements CallTracer {
  readonly #tracing: Tracing;
  readonly #tools: ReadonlySet<string>;

  /** `tools` are the agent's own, now and later, which names of spans may contain. */
  constructor(tracing: Tracing, tools: ReadonlySet<string>) {
    this.#tracing = tracing;
    this.#tools = tools;
  }

  /**
   * What the server does about this request belongs to one scope, and to the request's span once
   * the message is known: the server has no way to handle it before it has read it.
   */
  enter(request: IncomingMessage, response: ServerResponse): RequestSpans {
    const incoming = this.#tracing.extract(request.headers);
    const scope: Scope = { context: incoming };
    this.#tracing.enter(scope);
    this.#bindBody(request, scope);
    let messages = 0;
    return (message) => {
      const span = this.#start(message, incoming, request);
      // What the handlers of a batch do cannot be told apart, except that it is the client's.
      scope.context = ++messages === 1 ? trace.setSpan(incoming, span) : incoming;
      return (ending) => this.#end(span, ending, response.statusCode);
    };
  }

  #start(message: Message, http: Context, request: IncomingMessage): Span {
    const { method, name, id } = message;
    const revision = message.revision ?? request.headers["mcp-protocol-version"];
    const isTool = method === "tools/call";
    const target = isTool && name !== undefined && this.#tools.has(name) ? ` ${name}` : "";
    const { parent, links } = this.#origin(message, http);
    const options = {
      kind: SpanKind.SERVER,
      links,
      attributes: {
        "mcp.method.name": method.slice(0, 128),
        "mcp.protocol.version": typeof revision === "string" ? revision.slice(0, 32) : undefined,
        "jsonrpc.request.id": id === undefined ? undefined : String(id).slice(0, 128),
        ...(isTool && { "gen_ai.operation.name": "execute_tool" }),
        ...(isTool && { "gen_ai.tool.name": name?.slice(0, 128) }),
        ...(method === "prompts/get" && { "gen_ai.prompt.name": name?.slice(0, 128) }),
        "network.transport": "tcp",
        "network.protocol.name": "http",
        "network.protocol.version": request.httpVersion,
      },
    };
    return this.#tracing.tracer.startSpan(`${methodLabel(method)}${target}`, options, parent);
  }

  /**
   * The message's own context is the parent, because one HTTP request can carry several messages
   * and one message several HTTP requests; that of HTTP is linked where it is another.
   */
  #origin({ carrier }: Message, http: Context) {
    const own = carrier && this.#tracing.extract(carrier);
    const spanOfOwn = own && trace.getSpanContext(own);
    const spanOfHttp = trace.getSpanContext(http);
    if (!own || !spanOfOwn) return { parent: http, links: [] };
    const same = !spanOfHttp || spanOfHttp.spanId === spanOfOwn.spanId;
    return { parent: own, links: same ? [] : [{ context: spanOfHttp }] };
  }

  /** Events of the body come from the connection, which knows no scope. */
  #bindBody(request: IncomingMessage, scope: Scope): void {
    const { push } = request;
    const tracing = this.#tracing;
    request.push = function (this: IncomingMessage, chunk, encoding) {
      return tracing.within(scope, () => push.call(this, chunk, encoding));
    };
  }

  #end(span: Span, ending: Ending, status: number): void {
    const fail = (type: string) => this.#tracing.fail(span, type);
    if (typeof ending === "object") {
      if (ending.failed) {
        span.setAttribute("rpc.response.status_code", String(ending.errorCode));
        fail(String(ending.errorCode));
      } else if (ending.toolError) fail("tool_error");
    } else if (ending === "refused") fail(String(status));
    else if (ending === "cut off") fail("cut_off");
    span.end();
  }
}
