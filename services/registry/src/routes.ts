import type { IncomingMessage } from "node:http";
import manifest from "../package.json" with { type: "json" };
import type { Metrics } from "./metrics.ts";
import { agentId, listQuery, registration } from "./protocol.ts";
import type { Registry } from "./registry.ts";
import { HttpError, parse, readJson } from "./requests.ts";

export const READ_ONLY = "This registry takes no registrations: another region's does.";

export interface Answer {
  status: number;
  body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  text?: { type: string; content: string };
}

/** A request on its way to the route that serves it. */
export interface Call {
  request: IncomingMessage;
  url: URL;
  /** The part of the path that the route's pattern captures. */
  id: string;
}

export interface Route {
  /** As metrics and logs name it. */
  name: string;
  pattern: RegExp;
  methods: Record<string, (call: Call) => Promise<Answer> | Answer>;
}

export interface RouteParts {
  registry: Registry;
  metrics: Metrics;
  /** Why this replica should get no new requests; undefined if it is ready. */
  unready(): Promise<string | undefined>;
  /** Whether what agents report is refused. */
  readOnly: boolean;
}

/** Everything that the registry serves. */
export function routesOf({ registry, metrics, unready, readOnly }: RouteParts): Route[] {
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
