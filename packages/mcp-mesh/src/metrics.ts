import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export const metrics = new Registry();

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

export const heartbeats = new Counter({
  name: "mcp_mesh_heartbeats_total",
  help: "Exchanges with the registry by outcome: registered, unchanged, changed, unknown or failed",
  labelNames: ["outcome"],
  registers: [metrics],
});

export const registered = new Gauge({
  name: "mcp_mesh_registered",
  help: "1 while the last exchange with the registry succeeded",
  registers: [metrics],
});

export const dependencyCalls = new Histogram({
  name: "mcp_mesh_dependency_call_duration_seconds",
  help: "Time that calls of other agents' capabilities took, by outcome: ok, tool_error or failed",
  labelNames: ["capability", "outcome"],
  buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30],
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
