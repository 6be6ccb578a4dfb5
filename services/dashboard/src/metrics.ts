import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  /** What is measured: the catalogue of metrics is read from it. */
  definitions: Registry;
  contentType: string;
  render(): Promise<string>;
  /** Counts a request and the time it took; `route` is a pattern, never a path. */
  observe(method: string, route: string, status: number, seconds: number): void;
  /** The registry gave an answer that can be shown. */
  answered(): void;
  /** The registry gave none. */
  failed(): void;
}

/** The metrics of one server. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  let fresh = Date.now();
  const duration = new Histogram({
    name: "mcp_mesh_dashboard_request_duration_seconds",
    help: "Time to answer a request; its count by status is the number of requests.",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5],
    registers,
  });
  const errors = new Counter({
    name: "mcp_mesh_dashboard_registry_errors_total",
    help: "Times that the registry gave no answer that can be shown.",
    registers,
  });
  new Gauge({
    name: "mcp_mesh_dashboard_data_age_seconds",
    help: "Age of what the page shows: time since the registry's last answer, or since the start.",
    registers,
    collect() {
      this.set((Date.now() - fresh) / 1000);
    },
  });
  return {
    definitions: registry,
    contentType: registry.contentType,
    render: () => registry.metrics(),
    observe: (method, route, status, seconds) =>
      duration.observe({ method, route, status }, seconds),
    answered() {
      fresh = Date.now();
    },
    failed: () => errors.inc(),
  };
}
