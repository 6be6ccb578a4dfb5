import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Store } from "./store.ts";

export interface Metrics {
  registry: Registry;
  /** Counts a request and the time it took; `route` is a pattern, never a path. */
  observe(method: string, route: string, status: number, seconds: number): void;
  swept(lost: number): void;
}

/** The metrics of one server; the numbers of agents are asked from the database at each scrape. */
export function createMetrics(store: Store): Metrics {
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
  new Gauge({
    name: "mcp_mesh_registry_agents",
    help: "Agents that heartbeats keep, by status.",
    labelNames: ["status"],
    registers,
    async collect() {
      this.reset();
      try {
        const counts = await store.count();
        for (const [status, count] of Object.entries(counts)) this.set({ status }, count);
        up.set(1);
      } catch {
        up.set(0);
      }
    },
  });
  return {
    registry,
    observe: (method, route, status, seconds) =>
      duration.observe({ method, route, status }, seconds),
    swept: (count) => lost.inc(count),
  };
}
