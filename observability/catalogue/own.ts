import { collectDefaultMetrics, type MetricObject, Registry } from "prom-client";
import {
  type Exporter,
  type Metric,
  type MetricType,
  unitOf,
} from "#observability/catalogue/metric";
import { metrics as agentMetrics } from "#packages/mcp-mesh/src/metrics";
import { createMetrics as dashboardMetrics } from "#services/dashboard/src/metrics";
import { createMetrics as registryMetrics } from "#services/registry/src/metrics";
import { metrics as relayMetrics } from "#services/session-relay/src/metrics";

/** Of every Node.js process; the runtime adds them to an agent's own only when an agent starts. */
const processMetrics = new Registry();
collectDefaultMetrics({ register: processMetrics });

/** Nothing is scraped here, so that the database is never asked for a number. */
const unasked = {
  count: async () => nobodyAsks(),
  connections: () => nobodyAsks(),
};

/** What our own services export, read from where they measure it. */
export const own: Metric[] = [
  ...definedIn("registry", registryMetrics(unasked, false).definitions),
  // A relay speaks for a vanilla agent, as the runtime does for one of the mesh.
  ...definedIn("agent", relayMetrics, agentMetrics, processMetrics),
  ...definedIn("dashboard", dashboardMetrics().definitions),
];

function nobodyAsks(): never {
  throw new Error("The catalogue reads definitions only.");
}

function definedIn(from: Exporter, ...registries: Registry[]): Metric[] {
  const defined = registries.flatMap((registry) => registry.getMetricsAsArray());
  const byName = new Map(defined.map((metric) => [metric.name, metric]));
  return [...byName.values()].map((metric) => described(from, metric));
}

/** prom-client keeps the labels' names, but does not type them. */
function described(from: Exporter, metric: MetricObject & { labelNames?: string[] }): Metric {
  const { name, labelNames } = metric;
  if (!labelNames) throw new Error(`prom-client tells no labels of ${name}.`);
  // Its types call this an enum of numbers; what it holds is the word.
  const type = String(metric.type) as MetricType;
  const plain = labelNames.filter((label) => label !== "le" && label !== "quantile");
  const help = metric.help.replace(/\.?$/, ".");
  return { name, type, help, labels: plain, unit: unitOf({ name, help }), from };
}
