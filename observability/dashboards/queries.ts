import type { Absence } from "#observability/dashboards/absences";
import { dashboards, grafanaDashboards } from "#observability/dashboards/index";

/** A query of a panel as Grafana sends it, with the variables filled in. */
export interface PanelQuery {
  dashboard: string;
  panel: string;
  expr: string;
  /** In which stacks it may give nothing; see absences.ts. */
  absentWhen?: Absence;
}

/** What stands for Grafana's variables in a query. */
export interface Chosen {
  namespace: string;
  /** A regular expression; Grafana puts one there for several agents, or for all of them. */
  service?: string;
  rateInterval?: string;
}

/** A text with the variables filled in as Grafana does it. */
export const filled = (
  text: string,
  { namespace, service = ".+", rateInterval = "1m" }: Chosen,
): string =>
  text
    .replaceAll("$namespace", namespace)
    .replaceAll("$service", service)
    .replaceAll("$__rate_interval", rateInterval);

/** Every query of every panel. */
export const panelQueries = (chosen: Chosen): PanelQuery[] =>
  Object.values(dashboards).flatMap(({ uid, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries, absentWhen }) =>
        queries.map(({ expr }) => ({
          dashboard: uid,
          panel: title,
          expr: filled(expr, chosen),
          ...(absentWhen ? { absentWhen } : {}),
        })),
      ),
    ),
  );

/** The queries of the marks in the graphs, which give nothing while nothing happens. */
export const annotationQueries = (chosen: Chosen): string[] =>
  Object.values(grafanaDashboards()).flatMap(({ annotations }) =>
    (annotations.list ?? []).flatMap(({ expr }) => (expr ? [filled(expr, chosen)] : [])),
  );
