import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { z } from "zod";
import manifest from "../package.json" with { type: "json" };
import { DatabaseError } from "./database.ts";
import { type Log, reason } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { agentId, type Issue, issuesOf, listQuery, registration } from "./protocol.ts";
import { DeclaredAgentError, type Registry } from "./registry.ts";

const MAX_BODY_BYTES = 1 << 20;
const READ_ONLY = "This registry takes no registrations: another region's does.";

class HttpError extends Error {
  readonly status: number;
  readonly issues: Issue[] | undefined;

  constructor(status: number, message: string, issues?: Issue[]) {
    super(message);
    this.status = status;
    this.issues = issues;
  }
}

interface Answer {
  status: number;
  body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  text?: { type: string; content: string };
}

interface Call {
  request: IncomingMessage;
  url: URL;
  /** The part of the path that the route's pattern captures. */
  id: string;
}

interface Route {
  /** As metrics and logs name it. */
  name: string;
  pattern: RegExp;
  methods: Record<string, (call: Call) => Promise<Answer> | Answer>;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Reading on over the limit lets the client finish and see the answer, up to a point.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    if (size > 8 * MAX_BODY_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) {
    throw new HttpError(413, `The body is larger than ${MAX_BODY_BYTES} bytes: send fewer tools.`);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"), (key, value: unknown) => {
      for (const text of [key, value]) {
        if (typeof text === "string" && (text.includes("\0") || !text.isWellFormed())) {
          throw new Error("it contains a character that cannot be stored");
        }
      }
      return value;
    });
  } catch (error) {
    throw new HttpError(400, `The body is not valid JSON: ${reason(error)}`);
  }
}

function parse<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const list = issues
    .map(({ path, message }) => (path ? `${path}: ${message}` : message))
    .join("; ");
  throw new HttpError(400, `Invalid ${what}: ${list}`, issues);
}

export interface ServerParts {
  registry: Registry;
  metrics: Metrics;
  log: Log;
  /** Why this replica should get no new requests; undefined if it is ready. */
  unready(): Promise<string | undefined>;
  draining(): boolean;
  /** Whether what agents report is refused. */
  readOnly: boolean;
}

function routesOf({ registry, metrics, unready, readOnly }: ServerParts): Route[] {
  const now = () => new Date().toISOString();
  const health = () => ({
    status: 200,
    body: {
      status: "healthy",
      version: manifest.version,
      uptime_seconds: Math.floor(process.uptime()),
      timestamp: now(),
      service: "mcp-mesh-registry",
    },
  });
  return [
    {
      name: "/heartbeat",
      pattern: /^\/heartbeat$/,
      methods: {
        POST: async ({ request }) => {
          const agent = parse(registration, await readJson(request), "registration");
          const dependencies_resolved = await registry.register(agent);
          return {
            status: 200,
            body: {
              agent_id: agent.agent_id,
              dependencies_resolved,
              llm_tools: {},
              message: "Agent registered via heartbeat",
              status: "success",
              timestamp: now(),
            },
          };
        },
      },
    },
    {
      name: "/heartbeat/{id}",
      pattern: /^\/heartbeat\/([^/]+)$/,
      methods: {
        HEAD: async ({ id }) => {
          const verdict = await registry.beat(parse(agentId, id, "agent id"));
          return { status: { unchanged: 200, changed: 202, unknown: 410 }[verdict] };
        },
      },
    },
    {
      name: "/agents",
      pattern: /^\/agents$/,
      methods: {
        GET: async ({ url }) => {
          const query = parse(listQuery, Object.fromEntries(url.searchParams), "query");
          const agents = await registry.list(query);
          return { status: 200, body: { agents, count: agents.length, timestamp: now() } };
        },
      },
    },
    {
      name: "/agents/{id}",
      pattern: /^\/agents\/([^/]+)$/,
      methods: {
        DELETE: async ({ id }) => {
          if (await registry.remove(parse(agentId, id, "agent id"))) return { status: 204 };
          throw new HttpError(404, `There is no agent "${id}".`);
        },
      },
    },
    { name: "/health", pattern: /^\/health$/, methods: { GET: health } },
    {
      name: "/live",
      pattern: /^\/live$/,
      methods: { GET: () => ({ status: 200, body: { status: "live" } }) },
    },
    {
      name: "/ready",
      pattern: /^\/ready$/,
      methods: {
        GET: async () => {
          const why = await unready();
          if (why === undefined) return { status: 200, body: { status: "ready" } };
          return { status: 503, body: { status: "unready", reason: why } };
        },
      },
    },
    {
      // For the load balancer before several regions: one that reads alone is ready, too.
      name: "/writable",
      pattern: /^\/writable$/,
      methods: {
        GET: async () => {
          const why = readOnly ? READ_ONLY : await unready();
          if (why === undefined) return { status: 200, body: { status: "writable" } };
          return { status: 503, body: { status: "not writable", reason: why } };
        },
      },
    },
    {
      name: "/metrics",
      pattern: /^\/metrics$/,
      methods: {
        GET: async () => ({
          status: 200,
          text: { type: metrics.contentType, content: await metrics.render() },
        }),
      },
    },
  ];
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
  const { metrics, log, draining, readOnly } = parts;
  const routes = routesOf(parts);

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now();
    const method = request.method ?? "GET";
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const route = routes.find(({ pattern }) => pattern.test(path));
    const headers: Record<string, string> = {};
    let answer: Answer;
    try {
      if (!route) throw new HttpError(404, `There is nothing at ${path}.`);
      const serve = route.methods[method] ?? (method === "HEAD" ? route.methods.GET : undefined);
      if (!serve) {
        headers.allow = Object.keys(route.methods).join(", ");
        throw new HttpError(405, `${route.name} takes ${headers.allow}, not ${method}.`);
      }
      if (readOnly && serve !== route.methods.GET) throw new HttpError(503, READ_ONLY);
      const url = new URL(request.url ?? "/", "http://registry");
      answer = await serve({ request, url, id: route.pattern.exec(path)?.[1] ?? "" });
    } catch (error) {
      answer = answerTo(error);
      const fields = { method, path, status: answer.status, error: reason(error) };
      if (answer.status === 500) log.error("request failed", fields);
      else log[answer.status === 503 ? "warn" : "info"]("request refused", fields);
    }
    // Whatever of the body was not read must not be taken for the next request; and while
    // draining, clients have to move to another replica.
    if (!request.complete || draining()) headers.connection = "close";
    if (answer.status === 503) headers["retry-after"] = "5";
    send(response, answer, headers);
    const seconds = (performance.now() - started) / 1000;
    metrics.observe(method, route?.name ?? "unknown", answer.status, seconds);
    log.debug("request", { method, path, status: answer.status, seconds });
  };

  const server = createServer((request, response) => void handle(request, response));
  // Longer than agents pause between heartbeats, or their next one meets a closing connection.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 30_000;
  return server;
}
