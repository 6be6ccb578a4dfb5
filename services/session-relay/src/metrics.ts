import { metrics as ofRuntime } from "mcp-mesh/observe";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import manifest from "../package.json" with { type: "json" };

export const metrics = new Registry();

new Gauge({
  name: "mcp_mesh_build_info",
  help: "1, with the version of the session relay",
  labelNames: ["version"],
  registers: [metrics],
}).set({ version: manifest.version }, 1);

// The same words as the runtime's, for the same things: dashboards and rules need not know which of
// the two counts. What is about the registry is left out, because vanilla agents have none.
for (const metric of Object.values(ofRuntime)) metrics.registerMetric(metric);

export const forwarded = new Counter({
  name: "mcp_mesh_relay_forwarded_total",
  help:
    "Requests that were passed on to a sibling pod, by reason: session (it has the session) or " +
    "draining (this pod takes no new ones)",
  labelNames: ["reason"],
  registers: [metrics],
});

export const sessionsEnded = new Counter({
  name: "mcp_mesh_relay_sessions_ended_total",
  help:
    "Sessions that ended otherwise than by their clients: idle (unused for too long), limit (the " +
    "idlest of too many) or lost (the server has forgotten it, or its pod is gone)",
  labelNames: ["cause"],
  registers: [metrics],
});

/** Adds the process's own figures (memory, CPU, event loop), which need timers. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: metrics });
}
