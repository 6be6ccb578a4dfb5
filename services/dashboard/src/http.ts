import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "@mcp-mesh/registry/src/log.ts";
import { type Content, contentOf, type Page } from "./content.ts";
import type { MeshAnswer } from "./mesh.ts";
import type { Metrics } from "./metrics.ts";
import type { Known } from "./watch.ts";

/** Nothing from elsewhere, nothing inline, and no script may make HTML of what agents call themselves. */
const SECURITY: Record<string, string> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Of the worker that lays out the graph: it makes the address of that one script and nothing else.
    "trusted-types layout-worker",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export interface ServerParts {
  page: Page;
  known(): Known;
  metrics: Metrics;
  log: Log;
  draining(): boolean;
}

interface Answer {
  status: number;
  content: Content;
}

const json = (status: number, body: unknown): Answer => ({
  status,
  content: contentOf("application/json", JSON.stringify(body)),
});

/** What `/api/mesh` answers for what is known. */
function meshAnswer({ mesh, since, failure }: Known): Answer {
  if (!mesh) {
    return json(503, {
      error: `The registry can't be read: ${failure}. It is asked again and again.`,
      since: since.toISOString(),
    });
  }
  const stale = failure === undefined ? undefined : { since: since.toISOString(), reason: failure };
  return json(200, { ...mesh, stale } satisfies MeshAnswer);
}

/** The page with its API, not yet listening. */
export function createHttpServer({ page, known, metrics, log, draining }: ServerParts): Server {
  let encoded: { of: Known; answer: Answer } | undefined;
  // Serialised and compressed once for each look at the registry, however many browsers ask.
  const mesh = (): Answer => {
    const of = known();
    if (encoded?.of !== of) encoded = { of, answer: meshAnswer(of) };
    return encoded.answer;
  };

  const probes: Record<string, () => Answer | Promise<Answer>> = {
    "/live": () => json(200, { status: "live" }),
    // Not a question about the registry: without it the page still says since when it is away, and
    // shows what it last said. Unready replicas would take just that from the people who need it.
    "/ready": () =>
      draining()
        ? json(503, { status: "unready", reason: "draining" })
        : json(200, { status: "ready" }),
    "/metrics": async () => ({
      status: 200,
      content: contentOf(metrics.contentType, await metrics.render()),
    }),
  };

  /** The route's name and its answer. All addresses in the page are relative, so any prefix will do. */
  const answerTo = async (path: string): Promise<[string, Answer]> => {
    const probe = probes[path];
    if (probe) return [path, await probe()];
    if (path.endsWith("/api/mesh")) return ["/api/mesh", mesh()];
    const file = path.slice(path.lastIndexOf("/") + 1) || "index.html";
    const content = page.get(file);
    if (content) return [file === "index.html" ? "/" : `/${file}`, { status: 200, content }];
    return ["unknown", json(404, { error: `There is nothing at ${path}.` })];
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now();
    const method = request.method ?? "GET";
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    let [route, answer] = await answerTo(path);
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      answer = json(405, { error: `The dashboard only shows: it takes GET, not ${method}.` });
    }
    const status = send(request, response, answer, draining());
    const seconds = (performance.now() - started) / 1000;
    metrics.observe(method, route, status, seconds);
    log.debug("request", { method, path, status, seconds });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.error("request failed", { path: request.url, error: String(error) });
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
  { status, content }: Answer,
  closing: boolean,
): number {
  const headers: Record<string, string | number> = {
    ...SECURITY,
    // Kept, but asked about each time: a new version shows with the next load.
    "cache-control": "no-cache",
    vary: "accept-encoding",
    etag: content.etag,
  };
  // While draining, clients have to move to another replica; nothing of a body is ever read.
  if (closing || !request.complete) headers.connection = "close";
  if (status === 503) headers["retry-after"] = 5;
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
