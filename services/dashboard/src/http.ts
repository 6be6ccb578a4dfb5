import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "@mcp-mesh/registry/src/log.ts";
import { type Answer, problem, type Route } from "./answer.ts";
import { addressOf } from "./auth/limit.ts";
import type { Session, Sessions } from "./auth/session.ts";
import { securityHeaders } from "./headers.ts";
import type { Metrics } from "./metrics.ts";
import { RUNBOOK, runbookRefused } from "./site-routes.ts";

export interface ServerParts {
  routes: readonly Route[];
  /** Absent where nobody has to log in. */
  sessions: Sessions | undefined;
  publicUrl: URL | undefined;
  proxies: number;
  metrics: Pick<Metrics, "observe">;
  log: Log;
  draining(): boolean;
}

interface Found {
  name: string;
  answer: Answer;
}

/** The page with its API, not yet listening. */
export function createHttpServer(parts: ServerParts): Server {
  const { routes, sessions, publicUrl, proxies, metrics, log, draining } = parts;
  const security = securityHeaders(publicUrl);

  /** All addresses in the page are relative, so any prefix will do: the end of a path decides. */
  const answerTo = async (
    request: IncomingMessage,
    method: string,
    url: string,
  ): Promise<Found> => {
    const [path = "/"] = url.split("?", 1);
    const matching = routes.filter((one) => one.path.test(path));
    const [first] = matching;
    if (!first) return { name: "unknown", answer: problem(404, `There is nothing at ${path}.`) };
    const route = matching.find((one) => one.method === method);
    if (!route) {
      const allow = first.method === "GET" ? "GET, HEAD" : first.method;
      const answer = problem(405, `This takes ${allow}, not ${request.method}.`, { allow });
      return { name: first.name, answer };
    }
    const { name } = route;
    const found = route.path.exec(path)?.[1] ?? "";
    const session: Session | undefined = await sessions?.read(request.headers.cookie);
    if (sessions && !session && !route.open) {
      const answer = name === RUNBOOK ? runbookRefused(found) : problem(401, "Log in first.");
      return { name, answer };
    }
    const answer = await route.answer({
      request,
      search: url.slice(path.length),
      address: addressOf(
        request.socket.remoteAddress,
        request.headers["x-forwarded-for"]?.toString(),
        proxies,
      ),
      found,
      ...(session ? { session } : {}),
    });
    const { renewed } = session ?? {};
    // What a route does with the session itself goes before.
    return {
      name,
      answer: renewed && !answer.cookies ? { ...answer, cookies: [renewed] } : answer,
    };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now();
    const url = request.url ?? "/";
    const method = request.method ?? "GET";
    const { name, answer } = await answerTo(request, method === "HEAD" ? "GET" : method, url);
    const status = send(request, response, answer, { ...security }, draining());
    const seconds = (performance.now() - started) / 1000;
    metrics.observe(method, name, status, seconds);
    // Without the query: what a provider sends back with is nobody else's business.
    log.debug("request", { method, path: url.split("?", 1)[0], status, seconds });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.error("request failed", { path: request.url?.split("?", 1)[0], error: String(error) });
      response.destroy();
    });
  });
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 30_000;
  return server;
}

/** Sends as much of the answer as the client needs; returns the status. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, content, headers: own, cookies }: Answer,
  headers: Record<string, string | string[] | number>,
  closing: boolean,
): number {
  // Kept by the browser alone, but asked about each time: a new version shows with the next load.
  headers["cache-control"] = "private, no-cache";
  headers.vary = "accept-encoding";
  // While draining, clients have to move to another replica; what is left of a body is never read.
  if (closing || !request.complete) headers.connection = "close";
  if (cookies?.length) headers["set-cookie"] = cookies;
  Object.assign(headers, own);
  if (!content) {
    response.writeHead(status, headers).end();
    return status;
  }
  headers.etag = content.etag;
  if (status === 200 && request.headers["if-none-match"] === content.etag) {
    response.writeHead(304, headers).end();
    return 304;
  }
  const gzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = gzip ? content.gzipped : content.body;
  if (gzip) headers["content-encoding"] = "gzip";
  response.writeHead(status, {
    ...headers,
    "content-type": content.type,
    "content-length": body.length,
  });
  response.end(body);
  return status;
}
