import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import manifest from "../package.json" with { type: "json" };
import type { Store } from "./store.ts";

export interface Metrics {
  /** What is measured: the catalogue of metrics is read from it. */
  definitions: Registry;
  contentType: string;
  /** All metrics as text; asks the database for the numbers of agents. */
  render(): Promise<string>;
  /** Counts a request and the time it took; `route` is a pattern, never a path. */
  observe(method: string, route: string, status: number, seconds: number): void;
  swept(lost: number): void;
}

/** The metrics of one server; `readOnly` is how it was configured. */
export function createMetrics(
  store: Pick<Store, "count" | "connections">,
  readOnly: boolean,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "mcp_mesh_build_info",
    help: "1, with the version of the registry.",
    labelNames: ["version"],
    registers,
  }).set({ version: manifest.version }, 1);
  new Gauge({
    name: "mcp_mesh_registry_read_only",
    help: "1 if it takes no registrations: its region stands by.",
    registers,
  }).set(Number(readOnly));
  const duration = new Histogram({
    name: "mcp_mesh_registry_request_duration_seconds",
    help: "Time to answer a request; its count by status is the number of requests.",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const lost = new Counter({
    name: "mcp_mesh_registry_agents_lost_total",
    help: "Agents that this replica marked unhealthy because their heartbeats stopped.",
    registers,
  });
  const up = new Gauge({
    name: "mcp_mesh_registry_database_up",
    help: "1 if the database answered during this scrape.",
    registers,
  });
  const agents = new Gauge({
    name: "mcp_mesh_registry_agents",
    help: "Agents that heartbeats keep, by status.",
    labelNames: ["status"],
    registers,
  });
  const dependencies = new Gauge({
    name: "mcp_mesh_registry_dependencies",
    help:
      "What the tools of healthy and declared agents depend on: resolved to an agent that offers " +
      "it, or unresolved.",
    labelNames: ["state"],
    registers,
  });
  const connections = new Gauge({
    name: "mcp_mesh_registry_database_connections",
    help: "This replica's connections to the database: idle, busy, or waited for by a request.",
    labelNames: ["state"],
    registers,
  });
  return {
    definitions: registry,
    contentType: registry.contentType,
    async render() {
      // Before the question that follows, which itself takes a connection.
      setAll(connections, "state", store.connections());
      const counts = await store.count().catch(() => undefined);
      up.set(counts ? 1 : 0);
      setAll(agents, "status", counts?.agents);
      setAll(dependencies, "state", counts?.dependencies);
      return registry.metrics();
    },
    observe: (method, route, status, seconds) =>
      duration.observe({ method, route, status }, seconds),
    swept: (count) => lost.inc(count),
  };
}

/** Sets a gauge for each value of its label; without counts it has none. */
function setAll(gauge: Gauge, label: string, counts: Record<string, number> = {}): void {
  gauge.reset();
  for (const [value, count] of Object.entries(counts)) gauge.set({ [label]: value }, count);
}
