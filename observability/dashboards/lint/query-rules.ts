import { metrics } from "#observability/catalogue/index";
import { type Metric, seriesOf } from "#observability/catalogue/metric";
import {
  type Check,
  eachTarget,
  functionAround,
  nodesOf,
  parsed,
  RATE_INTERVAL,
  sampled,
} from "#observability/dashboards/lint/model";
import { faultsOf } from "#observability/labels";
import { parsePromql, selector } from "#observability/promql";
import { knownSeries } from "#observability/series";

/** Series that only rise: counters, and all that histograms and summaries count. */
const rising = new Set(metrics.flatMap(countersOf));

function countersOf(metric: Metric): string[] {
  if (metric.type === "gauge") return [];
  const names = Object.keys(seriesOf(metric));
  return metric.type === "summary" ? names.filter((name) => name !== metric.name) : names;
}

/** dashboard-linter's target-promql-rule: Prometheus understands the query. */
export const parses: Check = eachTarget(({ expr }) => {
  if (!expr?.trim()) return "is empty.";
  try {
    parsePromql(sampled(expr));
    return undefined;
  } catch (error) {
    return `is not understood: ${(error as Error).message}`;
  }
});

/** dashboard-linter's target-rate-interval-rule: fits the zoom and the interval of scraping. */
export const rateInterval: Check = eachTarget(({ expr }) => {
  const query = parsed(expr);
  if (!query) return undefined;
  const wrong = nodesOf(query, "MatrixSelector").find((range) => {
    const around = functionAround(query, range);
    const fitting = query.text(range).endsWith(`[${RATE_INTERVAL}]`);
    return fitting ? around === undefined : around === "rate" || around === "irate";
  });
  return wrong && `takes a rate over something else than $__rate_interval: ${query.text(wrong)}`;
});

/** dashboard-linter's target-counter-agg-rule; the catalogue says what is a counter. */
export const counterRate: Check = eachTarget(({ expr }) => {
  const query = parsed(expr);
  if (!query) return undefined;
  const plain = nodesOf(query, "VectorSelector").find((node) => {
    const { metric } = selector(query, node);
    if (!rising.has(metric) && !metric.endsWith("_total")) return false;
    const around = node.parent?.name === "MatrixSelector" && functionAround(query, node.parent);
    return !around || !["rate", "irate", "increase"].includes(around);
  });
  return plain && `shows a counter that only rises: ${query.text(plain)}`;
});

/** In place of dashboard-linter's target-job-rule and target-instance-rule; see templateNamespace. */
export const inNamespace: Check = eachTarget(({ expr = "" }) => {
  const query = parsed(expr);
  if (!query) return undefined;
  const beyond = nodesOf(query, "VectorSelector").find(
    (node) => !selector(query, node).matchers.some(({ label }) => label === "namespace"),
  );
  if (beyond) return `is not kept to a namespace: ${query.text(beyond)}`;
  return expr.includes('namespace="$namespace"')
    ? undefined
    : "asks for another namespace than the chosen one.";
});

/** Our own: a query asks only for what somebody exports or a rule records, by labels that it has. */
export const knownMetrics: Check = eachTarget(({ expr }) => {
  const [fault] = parsed(expr) ? faultsOf(sampled(expr), knownSeries) : [];
  return fault && `cannot have a result: ${fault}`;
});

/** Our own: `or vector(0)` draws a line where nothing is measured, and hides that. */
export const noInventedZero: Check = eachTarget(({ expr }) => {
  const query = parsed(expr);
  const calls = query ? nodesOf(query, "FunctionIdentifier").map(query.text) : [];
  return calls.includes("vector") ? "invents values by vector()." : undefined;
});
