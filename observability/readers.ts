import { type Metric, seriesOf } from "#observability/catalogue/metric";
import { annotationQueries, panelQueries } from "#observability/dashboards/queries";
import { metricsOf } from "#observability/promql";
import { alerts, recordings } from "#observability/rules/index";
import { charts, filled, statusQueries } from "#services/dashboard/src/queries";

const CHOSEN = { namespace: "n" };

/** Every query that is asked, by whom; `what` says for what. */
export const queries: readonly { by: Reader; what: string; expr: string }[] = [
  ...recordings.map(({ record, expr }) => ({ by: "rules" as const, what: record, expr })),
  ...alerts.map(({ alert, expr }) => ({ by: "alerts" as const, what: alert, expr })),
  ...panelQueries(CHOSEN).map(({ dashboard, panel, expr }) => ({
    by: "dashboards" as const,
    what: `${dashboard}, ${panel}`,
    expr,
  })),
  ...annotationQueries(CHOSEN).map((expr) => ({ by: "dashboards" as const, what: "marks", expr })),
  ...[
    ...Object.entries(statusQueries).map(([what, expr]) => ({ what, expr })),
    ...charts.flatMap(({ id, lines }) => lines.map(({ expr }) => ({ what: id, expr }))),
  ].map(({ what, expr }) => ({ by: "page" as const, what, expr: filled(expr, CHOSEN) })),
];
export type Reader = "rules" | "alerts" | "dashboards" | "page";

const bySeries = new Map<string, Set<Reader>>();
for (const { by, expr } of queries) {
  for (const series of metricsOf(expr)) {
    bySeries.set(series, (bySeries.get(series) ?? new Set()).add(by));
  }
}

/** Who asks for a metric; nobody does for what is only there to be looked up. */
export function readersOf(metric: Metric): Reader[] {
  const found = Object.keys(seriesOf(metric)).flatMap((name) => [...(bySeries.get(name) ?? [])]);
  return [...new Set(found)].toSorted();
}
