/** PromQL in the few forms that the dashboards are made of. */

/** A metric's series in the namespace that is chosen above the dashboard. */
export const series = (metric: string, ...matchers: string[]): string =>
  `${metric}{${['namespace="$namespace"', ...matchers].join(", ")}}`;

/** The agents that are chosen above the dashboard. */
export const CHOSEN = 'service=~"$service"';

/** How much a counter rises each second. */
export const rate = (metric: string, ...matchers: string[]): string =>
  `rate(${series(metric, ...matchers)}[$__rate_interval])`;

/** `sum by (a, b) (…)`, or any other aggregation; without labels, over everything. */
export const by = (labels: readonly string[], expr: string, operator = "sum"): string =>
  labels.length === 0 ? `${operator}(${expr})` : `${operator} by (${labels.join(", ")}) (${expr})`;

/** The time within which a part of a histogram's observations stays, such as 0.99 of them. */
export const quantile = (
  part: number,
  histogram: string,
  labels: readonly string[],
  ...matchers: string[]
): string =>
  `histogram_quantile(${part}, ${by(["le", ...labels], rate(`${histogram}_bucket`, ...matchers))})`;

/**
 * The part of a counter's rise that some of its series have. It is 0 where none of these exists yet,
 * because a failure that never happened has no series, and nothing at all where there is no whole.
 */
export function share(
  labels: readonly string[],
  counter: string,
  some: readonly string[],
  all: readonly string[] = [],
): string {
  const whole = by(labels, rate(counter, ...all));
  return `(${by(labels, rate(counter, ...all, ...some))} or 0 * ${whole}) / ${whole}`;
}

/** The seconds since a moment that a metric gives. */
export const age = (expr: string): string => `time() - ${expr}`;

/** The largest ten, because nobody reads a graph of a thousand lines. */
export const largest = (expr: string): string => `topk(10, ${expr})`;
