import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Tracing } from "mcp-mesh/tracing";
import { DatabaseError } from "./database.ts";
import { type Log, reason } from "./log.ts";
import { DeclaredAgentError } from "./registry.ts";
import { HttpError } from "./requests.ts";
import { type Answer, READ_ONLY, type Route, type RouteParts, routesOf } from "./routes.ts";
import { inRequestSpan } from "./spans.ts";

export interface ServerParts extends RouteParts {
  log: Log;
  draining(): boolean;
  tracing?: Tracing;
}

function answerTo(error: unknown): Answer {
  const timestamp = new Date().toISOString();
  if (error instanceof HttpError) {
    const details = error.issues && { issues: error.issues };
    return { status: error.status, body: { error: error.message, timestamp, details } };
  }
  if (error instanceof DeclaredAgentError) {
    return { status: 409, body: { error: error.message, timestamp } };
  }
  if (error instanceof DatabaseError) {
    return { status: 503, body: { error: "The database does not answer: try again.", timestamp } };
  }
  return { status: 500, body: { error: "Internal error.", timestamp } };
}

function send(response: ServerResponse, answer: Answer, headers: Record<string, string>): void {
  const { type, content } = answer.text ?? {
    type: "application/json",
    content: answer.body === undefined ? "" : JSON.stringify(answer.body),
  };
  response.writeHead(answer.status, {
    ...(content !== "" && { "content-type": type, "content-length": Buffer.byteLength(content) }),
    ...headers,
  });
  response.end(content);
}

/** The HTTP server, not yet listening. */
export function createHttpServer(parts: ServerParts): Server {
  const { metrics, log, draining, readOnly, tracing } = parts;
  const routes = routesOf(parts);

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now();
    const method = request.method ?? "GET";
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const route = routes.find(({ pattern }) => pattern.test(path));
    const headers: Record<string, string> = {};
    const answering = async () => {
      const answer = await answerFrom(route, request, { method, path, headers });
      // Whatever of the body was not read must not be taken for the next request; and while
      // draining, clients have to move to another replica.
      if (!request.complete || draining()) headers.connection = "close";
      if (answer.status === 503) headers["retry-after"] = "5";
      send(response, answer, headers);
      const seconds = (performance.now() - started) / 1000;
      metrics.observe(method, route?.name ?? "unknown", answer.status, seconds);
      log.debug("request", { method, path, status: answer.status, seconds });
      return answer.status;
    };
    if (tracing) await inRequestSpan(tracing, request, route?.name, answering);
    else await answering();
  };

  const answerFrom = async (
    route: Route | undefined,
    request: IncomingMessage,
    { method, path, headers }: { method: string; path: string; headers: Record<string, string> },
  ): Promise<Answer> => {
    try {
      if (!route) throw new HttpError(404, `There is nothing at ${path}.`);
      const serve = route.methods[method] ?? (method === "HEAD" ? route.methods.GET : undefined);
      if (!serve) {
        headers.allow = Object.keys(route.methods).join(", ");
        throw new HttpError(405, `${route.name} takes ${headers.allow}, not ${method}.`);
      }
      if (readOnly && serve !== route.methods.GET) throw new HttpError(503, READ_ONLY);
      const url = new URL(request.url ?? "/", "http://registry");
      return await serve({ request, url, id: route.pattern.exec(path)?.[1] ?? "" });
    } catch (error) {
      const answer = answerTo(error);
      const fields = { method, path, status: answer.status, error: reason(error) };
      if (answer.status === 500) log.error("request failed", fields);
      else log[answer.status === 503 ? "warn" : "info"]("request refused", fields);
      return answer;
    }
  };

  const server = createServer((request, response) => void handle(request, response));
  // Longer than agents pause between heartbeats, or their next one meets a closing connection.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 30_000;
  return server;
}
