import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import manifest from "../package.json" with { type: "json" };

export const metrics = new Registry();

new Gauge({
  name: "mcp_mesh_build_info",
  help: "1, with the version of the mesh's runtime",
  labelNames: ["version"],
  registers: [metrics],
}).set({ version: manifest.version }, 1);

export const requestDuration = new Histogram({
  name: "mcp_mesh_request_duration_seconds",
  help: "Time from an MCP request's arrival to the end of its answer",
  labelNames: ["code"],
  buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30],
  registers: [metrics],
});

export const requestsInFlight = new Gauge({
  name: "mcp_mesh_requests_in_flight",
  help: "MCP requests being answered now",
  registers: [metrics],
});

export const streams = new Gauge({
  name: "mcp_mesh_streams",
  help:
    "Streams of notifications that are open: by GET until 2025-11-25, by subscriptions/listen since. " +
    "They are no requests in flight",
  registers: [metrics],
});

export const toolCalls = new Histogram({
  name: "mcp_mesh_tool_call_duration_seconds",
  help:
    "Time from a tool call's arrival to its answer, by outcome: ok, tool_error (the tool says that " +
    "it failed) or failed (JSON-RPC error, refused, or cut off before the answer). Left out are " +
    "calls whose answer goes another way than the response to the call's own POST. A tool that was " +
    "not offered at registration is unknown",
  labelNames: ["tool", "outcome"],
  buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30],
  registers: [metrics],
});

export const messages = new Counter({
  name: "mcp_mesh_messages_total",
  help:
    "Requests and notifications that clients sent, by method and by protocol revision: the one they " +
    "name in MCP-Protocol-Version or ask for in initialize, unknown where they name none",
  labelNames: ["method", "era"],
  registers: [metrics],
});

export const sessions = new Gauge({
  name: "mcp_mesh_sessions",
  help:
    "Sessions that the agent opened since its start and that nobody deleted nor the agent answered " +
    "404 to: one that its client just left counts. Stateless agents and 2026-07-28 have none",
  registers: [metrics],
});

export const sessionsOpened = new Counter({
  name: "mcp_mesh_sessions_opened_total",
  help: "Sessions that the agent opened: an Mcp-Session-Id in the answer to initialize",
  registers: [metrics],
});

export const heartbeats = new Counter({
  name: "mcp_mesh_heartbeats_total",
  help:
    "Exchanges with the registry by outcome: registered, unchanged, changed, unknown, left (not fit " +
    "for calls) or failed",
  labelNames: ["outcome"],
  registers: [metrics],
});

export const registered = new Gauge({
  name: "mcp_mesh_registered",
  help: "1 while the last exchange with the registry succeeded",
  registers: [metrics],
});

export const healthCheckPassed = new Gauge({
  name: "mcp_mesh_health_check_passed",
  help: "1 while the agent's own health check of that name passes",
  labelNames: ["check"],
  registers: [metrics],
});

export const draining = new Gauge({
  name: "mcp_mesh_draining",
  help: "1 from the signal to stop until the agent's end",
  registers: [metrics],
});

export const dependencyCalls = new Histogram({
  name: "mcp_mesh_dependency_call_duration_seconds",
  help: "Time that calls of other agents' capabilities took, by outcome: ok, tool_error or failed",
  labelNames: ["capability", "outcome"],
  buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30],
  registers: [metrics],
});

export const dependencyFailovers = new Counter({
  name: "mcp_mesh_dependency_failovers_total",
  help:
    "Attempts after the first that calls of other agents' capabilities took, at another endpoint " +
    "or on a new connection to the Service",
  labelNames: ["capability"],
  registers: [metrics],
});

export const endpointStates = new Gauge({
  name: "mcp_mesh_endpoints",
  help:
    "Pods and Services that calls of other agents can go to, by the state of their circuit breaker: " +
    "closed, open (left alone after failures, until a call finds it well) or half-open (one does)",
  labelNames: ["state"],
  registers: [metrics],
});

export const breakersOpened = new Counter({
  name: "mcp_mesh_breakers_opened_total",
  help: "How often calls began to avoid an endpoint because it failed, by the Service it belongs to",
  labelNames: ["service"],
  registers: [metrics],
});

export const dependencyAvailable = new Gauge({
  name: "mcp_mesh_dependency_available",
  help: "1 for a declared dependency that the registry has wired",
  labelNames: ["capability"],
  registers: [metrics],
});

/** Adds the process's own figures (memory, CPU, event loop), which need timers. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: metrics });
}
