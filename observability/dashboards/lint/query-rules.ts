import { labelsOfSeries, metrics } from "#observability/catalogue/index";
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
import { groupingsOf, parsePromql, selector } from "#observability/promql";

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

/** Our own: a query names only metrics that somebody exports, with the labels that they have. */
export const knownMetrics: Check = eachTarget(({ expr }) => {
  const query = parsed(expr);
  if (!query) return undefined;
  const has = new Set<string>();
  for (const node of nodesOf(query, "VectorSelector")) {
    const { metric, matchers } = selector(query, node);
    const labels = labelsOfSeries.get(metric);
    if (!labels) return `asks for ${metric}, which nobody exports.`;
    const other = matchers.find(({ label }) => !labels.has(label));
    if (other) return `asks ${metric} for ${other.label}, a label that it does not have.`;
    for (const label of labels) has.add(label);
  }
  const other = groupingsOf(sampled(expr)).find((label) => !has.has(label));
  return other && `groups by ${other}, a label that nothing in it has.`;
});

/** Our own: `or vector(0)` draws a line where nothing is measured, and hides that. */
export const noInventedZero: Check = eachTarget(({ expr }) => {
  const query = parsed(expr);
  const calls = query ? nodesOf(query, "FunctionIdentifier").map(query.text) : [];
  return calls.includes("vector") ? "invents values by vector()." : undefined;
});
