import {
  type Check,
  type LintedVariable,
  panelsOf,
  sampled,
} from "#observability/dashboards/lint/model";
import { parsePromql } from "#observability/promql";

const variablesOf = ({ templating }: Parameters<Check>[0]): LintedVariable[] =>
  templating?.list ?? [];

const asked = (dashboard: Parameters<Check>[0]) =>
  variablesOf(dashboard).filter(({ type }) => type === "query");

const queryOf = ({ query = "" }: LintedVariable): string =>
  typeof query === "string" ? query : (query.query ?? "");

/** dashboard-linter's template-datasource-rule: the data source is chosen above the dashboard. */
export const templateDatasource: Check = (dashboard) => {
  const found = variablesOf(dashboard).filter(({ type }) => type === "datasource");
  if (found.length === 0) return ["No variable chooses the data source."];
  return found.flatMap(({ name, label, query }) => {
    const wrong = [];
    if (name !== "datasource") wrong.push(`Variable "${name}" is to be called "datasource".`);
    if (label !== "Data source") wrong.push(`Variable "${name}" is to be labelled "Data source".`);
    if (query !== "prometheus") wrong.push(`Variable "${name}" is to choose a Prometheus.`);
    return wrong;
  });
};

/**
 * In place of dashboard-linter's template-job-rule and template-instance-rule: in the mesh a series
 * belongs to a workload of a namespace, and who exports a metric is known by its name.
 */
export const templateNamespace: Check = (dashboard) =>
  variablesOf(dashboard).some(({ name }) => name === "namespace")
    ? []
    : ["No variable chooses the namespace."];

/** dashboard-linter's template-job-rule, the part about the data source, for every variable. */
export const templateOwnDatasource: Check = (dashboard) =>
  asked(dashboard)
    .filter(({ datasource }) => datasource?.uid !== "${datasource}")
    .map(({ name }) => `Variable "${name}" does not ask the data source that is chosen.`);

/** dashboard-linter's template-label-promql-rule: a variable's query is label_values of PromQL. */
export const templateQuery: Check = (dashboard) =>
  asked(dashboard).flatMap((variable) => {
    const query = sampled(queryOf(variable));
    const inner = /^label_values\((.+), [a-z_]+\)$/.exec(query)?.[1];
    try {
      if (inner && parsePromql(inner)) return [];
    } catch {}
    return [`Variable "${variable.name}" asks for no label's values: ${query}`];
  });

/** dashboard-linter's template-on-time-change-reload-rule: what was there then can be chosen. */
export const templateReload: Check = (dashboard) =>
  asked(dashboard)
    .filter(({ refresh }) => refresh !== 2)
    .map(({ name }) => `Variable "${name}" is not asked again when the time changes.`);

/** dashboard-linter's uneditable-dashboard: git is the truth, and a change by hand would be lost. */
export const uneditable: Check = ({ editable }) =>
  editable === false ? [] : ["The dashboard can be edited by hand."];

/** Our own: alerts and bookmarks name a dashboard by its uid, and Grafana takes 40 characters. */
export const stableUid: Check = ({ uid = "" }) =>
  /^mcp-mesh-[a-z-]{1,31}$/.test(uid) ? [] : [`The uid "${uid}" is not mcp-mesh-NAME.`];

/** Our own: two panels of one name or id cannot be told apart in links and in reports. */
export const distinctPanels: Check = (dashboard) => {
  const twice = (values: unknown[]) => values.filter((value, at) => values.indexOf(value) !== at);
  const all = dashboard.panels ?? [];
  return [
    ...twice(panelsOf(dashboard).map(({ title }) => title)).map(
      (t) => `Two panels are called "${t}".`,
    ),
    ...twice(all.map(({ id }) => id)).map((id) => `Two panels have the id ${id}.`),
  ];
};

/** Our own: panels that lie over each other, or beyond the grid of 24 columns, cannot be read. */
export const tidyGrid: Check = ({ panels = [] }) =>
  panels.flatMap(({ title, gridPos: a }, at) => {
    if (!a || a.x + a.w > 24) return [`Panel "${title}" does not stand in the 24 columns.`];
    const over = panels.slice(0, at).find(({ gridPos: b }) => {
      if (!b) return false;
      const beside = a.x >= b.x + b.w || b.x >= a.x + a.w;
      return !beside && a.y < b.y + b.h && b.y < a.y + a.h;
    });
    return over ? [`Panel "${title}" lies over "${over.title}".`] : [];
  });

/** Our own: from each dashboard the others can be reached, with the same time and namespace. */
export const linksToOthers: Check = ({ tags = [], links = [] }) =>
  links.some((link) => link.type === "dashboards" && link.tags?.some((tag) => tags.includes(tag)))
    ? []
    : ["No menu leads to the other dashboards."];
