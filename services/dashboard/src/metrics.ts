import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { version } from "./version.ts";

const loginOutcomes = ["accepted", "refused", "limited"] as const;
const loginWays = ["local", "oidc"] as const;
export type LoginOutcome = (typeof loginOutcomes)[number];
export type LoginWay = (typeof loginWays)[number];

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
  /** Prometheus gave no answer that can be shown. */
  prometheusFailed(): void;
  /** Somebody tried to log in. */
  login(outcome: LoginOutcome, via: LoginWay): void;
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
  const prometheusErrors = new Counter({
    name: "mcp_mesh_dashboard_prometheus_errors_total",
    help: "Times that Prometheus gave no answer that can be shown.",
    registers,
  });
  const logins = new Counter({
    name: "mcp_mesh_dashboard_logins_total",
    help: "Tries to log in by outcome (accepted, refused or limited) and way (local or oidc).",
    labelNames: ["outcome", "via"],
    registers,
  });
  // A first refused login has to be seen to be an increase.
  for (const outcome of loginOutcomes) {
    for (const via of loginWays) logins.inc({ outcome, via }, 0);
  }
  new Gauge({
    name: "mcp_mesh_build_info",
    help: "1 for the version that runs.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
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
    prometheusFailed: () => prometheusErrors.inc(),
    login: (outcome, via) => logins.inc({ outcome, via }),
  };
}
