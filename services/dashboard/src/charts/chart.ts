import type { Chart } from "../api.ts";

/** One question to Prometheus; its series are called by the value of a label, or all by one name. */
export type ChartLine = { expr: string } & ({ name: string } | { by: string });

/** As `api/charts` lists it, with what is asked for it. */
export interface ChartQueries extends Chart {
  lines: readonly ChartLine[];
}

/** A chart with a line for each of hundreds of agents says nothing, and costs. */
export const MOST = 8;

/** Of each workload, the busiest at the end of what is shown. */
export const busiest = (expr: string, by: string): ChartLine[] => [
  { by: "service", expr: `${expr} and on (service) topk(${MOST}, ${by})` },
];
/** Of counters. */
export const rate = (metric: string) =>
  busiest(
    `sum by (service) (rate(${metric}{namespace="NAMESPACE"}[WINDOW]))`,
    `sum by (service) (rate(${metric}{namespace="NAMESPACE"}[RANK] @ end()))`,
  );
/** Of gauges. */
export const level = (metric: string) =>
  busiest(
    `sum by (service) (${metric}{namespace="NAMESPACE"})`,
    `sum by (service) (avg_over_time(${metric}{namespace="NAMESPACE"}[RANK] @ end()))`,
  );
/** Of a histogram, everybody's together. */
export const quantiles = (metric: string): ChartLine[] =>
  [50, 95, 99].map((percent) => ({
    name: `${percent} %`,
    expr: `histogram_quantile(${percent / 100}, sum by (le) (rate(${metric}_bucket{namespace="NAMESPACE"}[WINDOW])))`,
  }));
