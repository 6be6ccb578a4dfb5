import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
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

/** The metrics of one server. */
export function createMetrics(store: Pick<Store, "count">): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
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
  return {
    definitions: registry,
    contentType: registry.contentType,
    async render() {
      const counts = await store.count().catch(() => undefined);
      up.set(counts ? 1 : 0);
      agents.reset();
      for (const [status, count] of Object.entries(counts ?? {})) agents.set({ status }, count);
      return registry.metrics();
    },
    observe: (method, route, status, seconds) =>
      duration.observe({ method, route, status }, seconds),
    swept: (count) => lost.inc(count),
  };
}
